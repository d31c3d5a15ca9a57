/** rulegen while a real Prometheus is away, restarts, refuses and is slow, and while its folder is not what it should be. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RulegenConfig } from '../../../rulegen/config.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import {
  metricValue,
  type RulegenBench,
  serviceNamed,
  startRulegenBench,
} from '../../e2e/rulegen/rulegen-bench.ts';
import { eventually } from '../../eventually.ts';
import type { ServiceOptions } from '../../fakes/docker-engine-objects.ts';
import { aTempFolder } from '../../temp-folder.ts';
import { ruleGroups } from '../support/apis.ts';
import { checkRuleFiles } from '../support/promtool.ts';

const OWN_ALERT = { 'micado.scale': 'false', 'micado.alert.deep.expr': 'vector(1)' };
/** Services whose rules are made by the template of `ownTemplates`, and load or not. */
const FINE = { 'micado.metric': 'memory' };
const BAD = { ...FINE, 'micado.strategy': 'target' };
const byMemory = (name: string, labels: Readonly<Record<string, string>>) => ({
  name,
  memoryLimitBytes: 67_108_864,
  labels,
});

/**
 * Templates of an operator's own. What the one for memory makes is YAML and PromQL, and yet does not load for a service by
 * target: Prometheus parses the templates in annotations when it loads them.
 */
function ownTemplates(): string {
  const folder = aTempFolder();
  writeFileSync(
    join(folder, 'service-memory.rules.yml.hbs'),
    `{{header}}
groups:
  - name: {{yaml group}}
    rules:
      - alert: {{yaml up.alert}}
        expr: vector({{number max}}) > 1000
        annotations:
          summary: '\\{{ {{#if byTarget}}noSuchFunction{{else}}$value{{/if}} }}'
`,
  );
  return folder;
}

/** In front of Prometheus: at the next reload it is killed, and the reload is never answered. */
async function startTrap(prometheus: RealPrometheus): Promise<Trap> {
  const trap = createServer((request, response) => {
    if (request.url === '/-/reload' && armed) {
      armed = false;
      void prometheus.stop().then(() => response.destroy());
      return;
    }
    const forwarded = httpRequest(
      `${prometheus.url}${request.url}`,
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  let armed = false;
  await new Promise<void>((resolve) => {
    trap.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(trap.address() as AddressInfo).port}`,
    arm() {
      armed = true;
    },
    async [Symbol.asyncDispose]() {
      trap.closeAllConnections();
      await new Promise((resolve) => {
        trap.close(resolve);
      });
    },
  };
}

type Trap = AsyncDisposable & { readonly url: string; arm(): void };

describe('with a real Prometheus', () => {
  let prometheus: RealPrometheus;
  const mounts: string[] = [];

  beforeEach(async () => {
    prometheus = await startRealPrometheus();
  }, 30_000);
  afterEach(async () => {
    for (const path of mounts.splice(0)) execFileSync('umount', ['--lazy', path]);
    prometheus.thaw();
    await prometheus[Symbol.asyncDispose]();
  });

  const startRulegen = (
    services: readonly ServiceOptions[],
    config: Partial<RulegenConfig> = {},
  ): Promise<RulegenBench> =>
    startRulegenBench({
      config: { 'rules.dir': prometheus.rulesDir, 'prometheus.url': [prometheus.url], ...config },
      before({ engine }) {
        for (const service of services) engine.state.createService(service);
      },
    });
  const runs = async (...names: readonly string[]): Promise<boolean> => {
    const groups = (await ruleGroups(prometheus.url)).map(({ name }) => name).sort();
    return JSON.stringify(groups) === JSON.stringify([...names].sort());
  };
  const untilRuns = (...names: readonly string[]): Promise<true> =>
    eventually(`Prometheus runs ${names.join(', ')}`, async () => (await runs(...names)) && true);
  const reasonsOf = async ({ url }: RulegenBench): Promise<readonly string[]> =>
    ((await (await fetch(`${url}/-/ready`)).json()) as { reasons: string[] }).reasons;
  const untilReady = (rulegen: RulegenBench): Promise<true> =>
    eventually('rulegen is ready', async () => {
      const reasons = await reasonsOf(rulegen);
      if (reasons.length > 0) throw new Error(reasons.join('; '));
      return true;
    });
  const untilNotReady = (rulegen: RulegenBench, reason: RegExp): Promise<true> =>
    eventually(`rulegen says ${reason}`, async () =>
      (await reasonsOf(rulegen)).some((one) => reason.test(one)),
    );
  const files = (): readonly string[] =>
    readdirSync(prometheus.rulesDir).filter((name) => name.endsWith('.yml'));
  const loadsAtItsNextStart = async (): Promise<void> => {
    checkRuleFiles(files().map((name) => join(prometheus.rulesDir, name)));
    await prometheus.stop();
    await prometheus.start();
  };
  /** Prometheus runs in a mount namespace of its own, and sees what is mounted before it starts. */
  const mountTmpfs = async (sizeKiB: number): Promise<void> => {
    await prometheus.stop();
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'rules', prometheus.rulesDir]);
    mounts.push(prometheus.rulesDir);
    await prometheus.start();
  };

  test('away at the start: what is sure to load is written, the rest when Prometheus is back', async () => {
    await prometheus.stop();
    await using rulegen = await startRulegen([
      { name: 'web' },
      { name: 'mailer', labels: { 'micado.query': 'sum(up)' } },
      { name: 'deep', labels: OWN_ALERT },
    ]);
    await eventually('the sure files are there', () => files().length === 2);
    expect(files()).toEqual(['cluster.yml', 'service-web.yml']);
    await untilNotReady(rulegen, /ECONNREFUSED/);
    await prometheus.start();
    await untilRuns('cluster', 'service-web', 'service-mailer', 'alerts-deep');
    await untilReady(rulegen);
  }, 30_000);

  test('restarting: the rules it comes back with are seen to run, without a reload', async () => {
    await using rulegen = await startRulegen([{ name: 'web' }], { 'resync.interval': 1_000 });
    await untilReady(rulegen);
    const reloads = (): Promise<number | undefined> =>
      metricValue(rulegen.url, 'micado_rulegen_reloads_total{result="success"}');
    const before = await reloads();
    await prometheus.stop();
    await untilNotReady(rulegen, /ECONNREFUSED/);
    await prometheus.start();
    await untilReady(rulegen);
    expect(await runs('cluster', 'service-web')).toBe(true);
    expect(await reloads()).toBe(before);
  }, 30_000);

  test('refusing: the guilty file alone is put aside, and the next start succeeds', async () => {
    await using rulegen = await startRulegen(
      [{ name: 'web' }, { name: 'api' }, byMemory('bad', BAD), byMemory('fine', FINE)],
      { 'templates.dir': ownTemplates() },
    );
    await untilRuns('cluster', 'service-api', 'service-fine', 'service-web');
    await untilReady(rulegen);
    expect((await serviceNamed(rulegen.url, 'bad'))?.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('refuse') }),
    ]);
    await loadsAtItsNextStart();
    expect(await runs('cluster', 'service-api', 'service-fine', 'service-web')).toBe(true);
    rulegen.engine.state.changeService('bad', (spec) => ({ ...spec, Labels: FINE }));
    await untilRuns('cluster', 'service-api', 'service-bad', 'service-fine', 'service-web');
  }, 60_000);

  test('refusing after a change: the last good file of that service goes on running', async () => {
    await using rulegen = await startRulegen([byMemory('cache', { ...FINE, 'micado.max': '4' })], {
      'templates.dir': ownTemplates(),
    });
    await untilRuns('cluster', 'service-cache');
    await untilReady(rulegen);
    rulegen.engine.state.changeService('cache', (spec) => ({ ...spec, Labels: BAD }));
    await eventually(
      'it is quarantined',
      async () => (await serviceNamed(rulegen.url, 'cache'))?.state === 'quarantined',
    );
    await untilReady(rulegen);
    expect(readFileSync(join(prometheus.rulesDir, 'service-cache.yml'), 'utf8')).toContain('vector(4)');
    await loadsAtItsNextStart();
    expect(await runs('cluster', 'service-cache')).toBe(true);
  }, 60_000);

  test('killed in the middle of a reload: nothing stays that could keep it from starting', async () => {
    await using trap = await startTrap(prometheus);
    await using rulegen = await startRulegen([{ name: 'web' }], {
      'templates.dir': ownTemplates(),
      'prometheus.url': [trap.url],
    });
    await untilReady(rulegen);
    trap.arm();
    rulegen.engine.state.createService(byMemory('bad', BAD));
    await untilNotReady(rulegen, /socket hang up/);
    await eventually('the file is taken back', () => !files().includes('service-bad.yml'));
    await prometheus.start();
    await untilReady(rulegen);
    expect(await runs('cluster', 'service-web')).toBe(true);
    expect((await serviceNamed(rulegen.url, 'bad'))?.state).toBe('quarantined');
  }, 60_000);

  test('away, after rulegen was killed with a bad file written: its successor takes it back', async () => {
    const config = { 'templates.dir': ownTemplates() };
    await using first = await startRulegen([{ name: 'web' }, byMemory('bad', FINE)], config);
    await untilReady(first);
    await first.stop();
    await prometheus.stop();
    // As a kill between the write and the reload leaves it.
    const bad = join(prometheus.rulesDir, 'service-bad.yml');
    writeFileSync(bad, readFileSync(bad, 'utf8').replace('$value', 'noSuchFunction'));
    writeFileSync(join(prometheus.rulesDir, '.micado-rulegen.probation'), 'service-bad.yml\n');
    expect(() => checkRuleFiles([bad])).toThrow('noSuchFunction');
    await using second = await startRulegen([{ name: 'web' }, byMemory('bad', BAD)], config);
    await eventually('it is taken back', () => !files().includes('service-bad.yml'));
    await prometheus.start();
    await untilReady(second);
    expect(await runs('cluster', 'service-web')).toBe(true);
  }, 60_000);

  test('slow: one reload, however long it takes', async () => {
    await using rulegen = await startRulegen([{ name: 'web' }]);
    await untilReady(rulegen);
    const asked = await metricValue(rulegen.url, 'micado_rulegen_reload_duration_seconds_count');
    prometheus.freeze();
    rulegen.engine.state.createService({ name: 'api' });
    await eventually('the file is there', () => files().includes('service-api.yml'));
    setTimeout(() => prometheus.thaw(), 3_000);
    await untilRuns('cluster', 'service-api', 'service-web');
    await untilReady(rulegen);
    const count = await metricValue(rulegen.url, 'micado_rulegen_reload_duration_seconds_count');
    expect((count ?? 0) - (asked ?? 0)).toBe(1);
  }, 30_000);

  test('full: old files stay whole and loaded, and it goes on when there is room', async () => {
    await mountTmpfs(64);
    await using rulegen = await startRulegen([{ name: 'web' }]);
    await untilReady(rulegen);
    const old = readFileSync(join(prometheus.rulesDir, 'service-web.yml'), 'utf8');
    const ballast = join(prometheus.rulesDir, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(64 * 1_024))).toThrow('ENOSPC');
    rulegen.engine.state.changeService('web', (spec) => ({ ...spec, Labels: { 'micado.max': '7' } }));
    await untilNotReady(rulegen, /no space left/);
    expect(readFileSync(join(prometheus.rulesDir, 'service-web.yml'), 'utf8')).toBe(old);
    await loadsAtItsNextStart();
    expect(await runs('cluster', 'service-web')).toBe(true);
    execFileSync('rm', [ballast]);
    await untilReady(rulegen);
    expect(readFileSync(join(prometheus.rulesDir, 'service-web.yml'), 'utf8')).toContain('max: "7"');
  }, 60_000);

  test('read-only: old files stay, and it says why nothing new comes', async () => {
    await mountTmpfs(256);
    await using rulegen = await startRulegen([{ name: 'web' }]);
    await untilReady(rulegen);
    execFileSync('mount', ['-o', 'remount,ro', prometheus.rulesDir]);
    rulegen.engine.state.createService({ name: 'api' });
    await untilNotReady(rulegen, /read-only/);
    expect(await runs('cluster', 'service-web')).toBe(true);
    execFileSync('mount', ['-o', 'remount,rw', prometheus.rulesDir]);
    await untilRuns('cluster', 'service-api', 'service-web');
    await untilReady(rulegen);
  }, 30_000);

  test('foreign files are loaded, left alone, and reported where they stand in the way', async () => {
    const folder = prometheus.rulesDir;
    const group = (name: string): string =>
      `groups: [{ name: ${name}, rules: [{ alert: mine, expr: vector(1) }] }]\n`;
    writeFileSync(join(folder, 'mine.yml'), group('mine'));
    writeFileSync(join(folder, 'service-web.yml'), group('theirs'));
    mkdirSync(join(folder, 'sub.yml.d'));
    await using rulegen = await startRulegen([{ name: 'web' }, { name: 'api' }]);
    await untilRuns('cluster', 'service-api', 'mine', 'theirs');
    expect(readFileSync(join(folder, 'service-web.yml'), 'utf8')).toBe(group('theirs'));
    expect(await metricValue(rulegen.url, 'micado_rulegen_problems')).toBe(1);
    rulegen.engine.state.removeService('web');
    rulegen.engine.state.removeService('api');
    await untilRuns('cluster', 'mine', 'theirs');
    expect(files()).toEqual(['cluster.yml', 'mine.yml', 'service-web.yml']);
  }, 30_000);

  test('refusing for a foreign file: none of ours is blamed, and all is well when it is mended', async () => {
    await using rulegen = await startRulegen([{ name: 'web' }], { 'resync.interval': 2_000 });
    await untilReady(rulegen);
    const theirs = join(prometheus.rulesDir, 'theirs.yml');
    writeFileSync(theirs, 'groups: [{ name: theirs, rules: [{ alert: x, expr: "rate(" }] }]\n');
    rulegen.engine.state.createService({ name: 'api' });
    await untilNotReady(rulegen, /not for a file of rulegen/);
    expect((await serviceNamed(rulegen.url, 'api'))?.state).toBe('scaled');
    writeFileSync(theirs, 'groups: []\n');
    await untilRuns('cluster', 'service-api', 'service-web');
    await untilReady(rulegen);
  }, 30_000);

  test('two rulegens with one Prometheus and one folder do not fight', async () => {
    await using first = await startRulegen([{ name: 'web' }]);
    await untilReady(first);
    const policy = join(aTempFolder(), 'policy.yml');
    writeFileSync(policy, 'defaults: { max: 3 }\n');
    await using second = await startRulegen([], {
      'docker.host': first.engine.address,
      'policy.file': policy,
    });
    await untilNotReady(second, /another rulegen/);
    first.engine.state.createService({ name: 'api' });
    await untilRuns('cluster', 'service-api', 'service-web');
    await untilReady(first);
    expect(await metricValue(second.url, 'micado_rulegen_reloads_total{result="success"}')).toBe(0);
    await first.stop();
    await untilReady(second);
    expect(readFileSync(join(prometheus.rulesDir, 'service-api.yml'), 'utf8')).toContain('max: "3"');
  }, 30_000);
});
