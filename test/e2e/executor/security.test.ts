/** What nobody can make the executor do, and what it never tells. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { executorFlags } from '../../../executor/config.ts';
import { createExecutor } from '../../../executor/executor.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { createPinoLogger } from '../../../internal/daemon/pino-logger.ts';
import { runGroup } from '../../../internal/daemon/run-group.ts';
import { eventually } from '../../eventually.ts';
import {
  alertLabels,
  aWebhook,
  type RunningExecutor,
  type Stage,
  setStage,
  TOKEN,
} from './start-executor.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
  stage.docker.state.createService({ name: 'web' });
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const settled = async (executor: RunningExecutor): Promise<void> => {
  await executor.post('/', aWebhook(alertLabels('web')));
  await eventually('web was looked at', async () => (await executor.decisions('docker/web')).length > 0);
};

describe('texts of others', () => {
  const HOSTILE = [
    '../../nodes',
    'web/update?force=1',
    '"] } ; rm -rf /',
    '$(touch /tmp/pwned)',
    'web\n{"time":"2026-01-01T00:00:00Z"}',
    '{{ .Values }}',
    '__proto__',
    'web ',
    '',
  ];

  test('as names of targets reach no address, no query and no filter of anybody', async () => {
    await using executor = await stage.startExecutor();
    const alerts = HOSTILE.flatMap((text) => [
      ...aWebhook({ ...alertLabels(text), alertname: 'hostile' }).alerts,
      ...aWebhook({ alertname: 'x', alert: 'overloaded', type: 'VM', infra_id: text, node: text }).alerts,
    ]);
    const answer = await executor.post('/', { ...aWebhook({}), alerts });
    expect(await answer.json()).toEqual({ woken: 0, bad: alerts.length });
    await settled(executor);
    const asked = stage.docker.calls
      .filter(({ path }) => path !== '/events')
      .map(({ query }) => query['filters']);
    expect(new Set(asked)).toEqual(new Set(['{"label":["micado.keep"]}', '{"name":["web"]}', undefined]));
    expect(stage.prometheus.calls.filter((path) => !path.startsWith('/api/v1/'))).toEqual([]);
  });

  test('in annotations change nothing but numbers within the bounds', async () => {
    const annotations = Object.fromEntries(
      ['min', 'max', 'step', 'cooldown', 'strategy', 'target', 'metric', 'scaleup'].map((key) => [
        key,
        '1e9; $(reboot)',
      ]),
    );
    stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations }]);
    await using executor = await stage.startExecutor();
    await settled(executor);
    await eventually('one step was taken', () => stage.docker.state.replicas('web') === 2);
  });

  test('in the journal stay on their line, and are cut', async () => {
    await using executor = await stage.startExecutor();
    const long = `line\nbreak${'x'.repeat(100_000)}`;
    const alerts = Array.from(
      { length: 300 },
      (_, index) => aWebhook({ alertname: `n${index}`, [long]: long }).alerts[0],
    );
    expect((await executor.post('/', { ...aWebhook({}), alerts: alerts.slice(0, 15) })).status).toBe(200);
    const small = alerts.map((alert) => ({ ...alert, labels: { alertname: alert?.labels['alertname'] } }));
    expect(await (await executor.post('/', { ...aWebhook({}), alerts: small })).json()).toMatchObject({
      bad: 300,
    });
    const lines = (await readFile(stage.journalFile, 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(35);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ reason: 'bad_alert' });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_000);
  });
});

test('no secret is in the log, the journal, the pages, the metrics or an answer', async () => {
  const folder = dirname(stage.journalFile);
  const PASSWORD = 'a-password-for-prometheus';
  await writeFile(join(folder, 'client.yml'), `basic_auth: { username: micado, password: ${PASSWORD} }\n`);
  const parsed = parseFlags(
    executorFlags,
    [
      '--web.listen-address=127.0.0.1:0',
      `--web.config.file=${join(folder, 'web.yml')}`,
      `--docker.host=${stage.docker.address}`,
      `--prometheus.url=${stage.prometheus.url}`,
      `--prometheus.config.file=${join(folder, 'client.yml')}`,
      `--alertmanager.url=${stage.alertmanager.url}`,
      `--journal.file=${stage.journalFile}`,
      '--poll.interval=500ms',
    ],
    {},
  );
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  let said = '';
  const logger = createPinoLogger({
    component: 'executor',
    level: 'debug',
    format: 'json',
    write(line) {
      said += line;
    },
  });
  logger.info('starting', { config: parsed.values });
  stage.prometheus.setAlerts([{ labels: alertLabels('web') }]);
  const { actors, url } = await createExecutor(parsed.values, { logger, clock: systemClock });
  const stop = new AbortController();
  const ended = runGroup(
    [
      {
        name: 'test',
        run: () => new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve())),
      },
      ...actors,
    ],
    logger,
  );
  const post = (path: string, token: string): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(aWebhook(alertLabels('web'))),
    });
  await post('/', TOKEN);
  said += await (await post('/', `${TOKEN}-but-wrong`)).text();
  await eventually('web has scaled', () => stage.docker.state.replicas('web') === 2);
  await stage.prometheus.stop();
  await eventually('Prometheus is missed', async () => {
    const text = await (await fetch(`${url}/-/ready`)).text();
    said += text;
    return text.includes('prometheus is away');
  });
  for (const path of [
    '/',
    '/metrics',
    '/api/v1/status',
    '/api/v1/targets',
    '/api/v1/targets/docker/web/explain',
  ])
    said += await (await fetch(url + path)).text();
  stop.abort();
  await ended;
  said += await readFile(stage.journalFile, 'utf8');
  expect(said).toContain('scaling decided');
  expect(
    [TOKEN, PASSWORD, Buffer.from(`micado:${PASSWORD}`).toString('base64')].filter((secret) =>
      said.includes(secret),
    ),
  ).toEqual([]);
});

test('it listens on loopback unless it is told otherwise, and no alert raises its ceilings', async () => {
  const parsed = parseFlags(executorFlags, [], {});
  expect(parsed).toMatchObject({ values: { 'web.listen-address': '127.0.0.1:9095', 'max-replicas': 100 } });
  const annotations = { min: '500', max: '1000000', step: '100000', cooldown: '0s' };
  stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations }]);
  await using executor = await stage.startExecutor('--max-replicas=4');
  await eventually('at the ceiling', async () =>
    (await executor.decisions('docker/web')).some(({ reason }) => reason === 'at_max'),
  );
  expect(stage.docker.state.replicas('web')).toBe(4);
});

test('only services on the list are scaled, patterns and all', async () => {
  stage.docker.state.createService({ name: 'shop-web' });
  stage.prometheus.setAlerts(['web', 'shop-web'].map((name) => ({ labels: alertLabels(name) })));
  await using executor = await stage.startExecutor('--allow-service=shop-*', '--allow-service=api');
  await eventually('shop-web has 2 replicas', () => stage.docker.state.replicas('shop-web') === 2);
  await settled(executor);
  expect((await executor.decisions('docker/web')).map(({ reason }) => reason)).toEqual(['not_allowed']);
  expect(stage.docker.state.replicas('web')).toBe(1);
});
