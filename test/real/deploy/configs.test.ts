/** The configurations that `up` writes, judged by the programs that read them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { prepareFolders, writeConfigs } from '../../../deploy/adapters/config-files.ts';
import { layOutStack } from '../../../deploy/core/stack-layout.ts';
import { createWebConfigSource } from '../../../internal/daemon/web-config.ts';
import { promtoolPath } from '../support/promtool.ts';

const parent = mkdtempSync(join(tmpdir(), 'micado-configs-'));
// A path that YAML would take for something else, were it not quoted.
const layout = layOutStack(join(parent, `it's: a "state" #1`));
const ports = { prometheus: 19090, alertmanager: 19093, rulegen: 19096, exporter: 19200, executor: 19095 };
const templatesFolder = join(import.meta.dirname, '../../../templates');

const write = (scrapeIntervalMs: number): Promise<void> =>
  writeConfigs({ templatesFolder, layout, ports, scrapeIntervalMs, consul: undefined });
const prometheusConfig = () => load(readFileSync(layout.prometheusConfigFile, 'utf8'));
const alertmanagerConfig = () => load(readFileSync(layout.alertmanagerConfigFile, 'utf8'));
const token = (): string => readFileSync(layout.tokenFile, 'utf8');

beforeAll(async () => {
  await prepareFolders(layout);
  await write(2_000);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('prometheus.yml', () => {
  test.each([500, 2_000, 15_000])('passes promtool with an interval of %i ms', async (intervalMs) => {
    await write(intervalMs);
    const output = execFileSync(promtoolPath(), ['check', 'config', layout.prometheusConfigFile], {
      encoding: 'utf8',
    });
    expect(output).toContain('SUCCESS');
  });

  test('scrapes and evaluates at the interval, with a time-out below it', async () => {
    await write(2_000);
    expect(prometheusConfig()).toMatchObject({
      global: { scrape_interval: '2s', evaluation_interval: '2s', scrape_timeout: '1s500ms' },
      rule_files: [`${layout.rulesFolder}/*.yml`],
    });
  });
});

describe('alertmanager.yml', () => {
  test('passes amtool', () => {
    const amtool = join(dirname(promtoolPath()), 'amtool');
    const output = execFileSync(amtool, ['check-config', layout.alertmanagerConfigFile], {
      encoding: 'utf8',
    });
    expect(output).toContain('SUCCESS');
  });

  test('groups by target, waits for nothing, repeats, and sends resolved with the token', () => {
    expect(alertmanagerConfig()).toMatchObject({
      route: {
        group_by: ['type', 'application', 'infra_id', 'node'],
        group_wait: '0s',
        group_interval: '2s',
        repeat_interval: '1m',
      },
      receivers: [
        { name: 'people' },
        {
          name: 'executor',
          webhook_configs: [
            {
              url: 'http://127.0.0.1:19095/api/v1/alerts',
              send_resolved: true,
              http_config: { authorization: { credentials_file: layout.tokenFile } },
            },
          ],
        },
      ],
    });
  });
});

describe('people.yml', () => {
  const people = join(layout.folder, 'people.yml');
  afterEach(() => rmSync(people, { force: true }));

  test('names the ways of the receiver for people, by e-mail, Slack and a webhook as the examples have it', async () => {
    copyFileSync(join(templatesFolder, 'people.example.yml'), people);
    await write(2_000);
    const { receivers } = alertmanagerConfig() as { receivers: readonly Record<string, unknown>[] };
    expect(receivers.map(({ name }) => name)).toEqual(['people', 'executor']);
    const ways = Object.keys(receivers[0] ?? {});
    expect(ways).toEqual(['name', 'email_configs', 'slack_configs', 'webhook_configs']);
    const amtool = join(dirname(promtoolPath()), 'amtool');
    const words = ['check-config', layout.alertmanagerConfigFile];
    expect(execFileSync(amtool, words, { encoding: 'utf8' })).toContain('SUCCESS');
  });

  test.each([
    ['no YAML', 'a: [', /people\.yml: must hold lists/],
    ['no receiver', 'route: { receiver: me }', /people\.yml: must hold lists/],
    ['another name', 'name: executor', /people\.yml: must hold lists/],
  ])('that holds %s is refused, and says what it should hold', async (_title, text, problem) => {
    writeFileSync(people, text);
    await expect(write(2_000)).rejects.toThrow(problem);
  });
});

describe('Alertmanager', () => {
  const amtool = join(dirname(promtoolPath()), 'amtool');
  test.each([
    ['executor', ['alertname=web_overloaded', 'type=docker', 'application=web']],
    ['executor', ['alertname=worker_overloaded', 'type=VM', 'infra_id=infra', 'node=worker']],
    // Without a type and a severity it is a rule written by hand that lacks something: the executor says what.
    ['executor', ['alertname=by_hand', 'application=web']],
    ['people', ['alertname=pool_stuck', 'alert=pool_stuck', 'severity=warning', 'node=worker']],
    ['people', ['alertname=at_max', 'alert=at_max', 'severity=warning', 'application=web']],
    ['people', ['alertname=web_slow', 'alert=custom', 'severity=critical', 'application=web', 'type=docker']],
    [
      'executor',
      ['alertname=by_hand', 'alert=overloaded', 'severity=warning', 'type=docker', 'application=web'],
    ],
  ])('tells %s of %j', (receiver, labels) => {
    const words = ['config', 'routes', 'test', `--config.file=${layout.alertmanagerConfigFile}`, ...labels];
    expect(execFileSync(amtool, words, { encoding: 'utf8', stdio: 'pipe' }).trim()).toBe(receiver);
  });
});

describe('the token', () => {
  test('is 32 random bytes that only this user may read, and is kept', async () => {
    const before = token();
    expect(before).toMatch(/^[\w-]{43}$/);
    expect(statSync(layout.tokenFile).mode & 0o777).toBe(0o600);
    await write(2_000);
    expect(token()).toBe(before);
  });

  test('is what the parts ask for by their web config file', () => {
    const problems: string[] = [];
    const source = createWebConfigSource(layout.webConfigFile, (problem) => problems.push(problem));
    expect(source.current().bearerTokens).toEqual([token()]);
    expect(problems).toEqual([]);
  });
});

test('nobody else may look into the state folder', () => {
  expect(statSync(layout.folder).mode & 0o777).toBe(0o700);
});
