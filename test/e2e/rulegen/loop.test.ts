/** Event → file → reload → verified, with everything around rulegen failing in turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { startFakePrometheus } from '../../fakes/prometheus-server.ts';
import { metricComplaints } from '../../real/support/promtool.ts';
import { filesOf, readRules, untilReady, untilRuns } from './bench-views.ts';
import { metricValue, readServices, startRulegenBench } from './rulegen-bench.ts';

describe('rulegen', () => {
  test('takes a service from its creation to its removal, each within a second', async () => {
    await using bench = await startRulegenBench();
    await untilReady(bench);
    const startMs = performance.now();
    const { ID: id } = bench.engine.state.createService({
      name: 'web',
      cpuLimitCores: 0.5,
      labels: { 'micado.max': '4' },
    });
    await untilRuns(bench, 'cluster', 'service-web');
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(readRules(bench, 'service-web.yml')).toContain(`service_id: "${id}"`);
    await eventually(
      'the time is measured',
      async () => (await metricValue(bench.url, 'micado_rulegen_event_to_verified_seconds_count')) === 1,
    );
    expect(await metricValue(bench.url, 'micado_rulegen_service_replicas_max{application="web"}')).toBe(4);
    expect(
      await metricValue(bench.url, `micado_rulegen_service_info{application="web",service_id="${id}"}`),
    ).toBe(1);
    bench.engine.state.removeService('web');
    await untilRuns(bench, 'cluster');
    expect(filesOf(bench)).toEqual(['cluster.yml']);
    expect(
      await metricValue(bench.url, 'micado_rulegen_service_replicas_max{application="web"}'),
    ).toBeUndefined();
  });

  test('reloads nothing when replicas or state labels change, nor when it starts again', async () => {
    await using bench = await startRulegenBench({
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    await untilReady(bench);
    const before = bench.prometheus.reloads();
    const listings = bench.engine.callsTo('/services');
    bench.engine.state.scaleService('web', 5);
    bench.engine.state.changeService('web', (spec) => ({
      ...spec,
      Labels: { ...spec.Labels, 'micado.state.at': '2026-01-01T00:00:00Z' },
    }));
    await eventually('the events were followed', () => bench.engine.callsTo('/services') > listings);
    await bench.stop();
    expect(bench.prometheus.reloads()).toEqual(before);
  });

  test('makes one reload of a stack of services', async () => {
    await using bench = await startRulegenBench();
    await untilReady(bench);
    const { asked } = bench.prometheus.reloads();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) bench.engine.state.createService({ name });
    await untilRuns(bench, 'cluster', ...names.map((name) => `service-${name}`));
    expect(bench.prometheus.reloads().asked).toBe(asked + 1);
  });

  test('is ready only when Prometheus runs the rules, and says why it is not', async () => {
    await using bench = await startRulegenBench({
      before: async ({ engine, prometheus }) => {
        engine.state.createService({ name: 'web' });
        await prometheus.pause();
      },
    });
    await eventually('the file is there', () => filesOf(bench).includes('service-web.yml'));
    const answer = await fetch(`${bench.url}/-/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain(bench.prometheus.url);
    await bench.prometheus.resume();
    await untilReady(bench);
    expect(bench.prometheus.groups()).toEqual(['cluster', 'service-web']);
  });

  test('follows the policy file, and keeps the last good one', async () => {
    await using bench = await startRulegenBench({
      policy: 'services: { web: { scaleup: 60, scaledown: 20 } }\n',
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    await untilReady(bench);
    expect(readRules(bench, 'service-web.yml')).toContain('> 60');
    writeFileSync(bench.policyFile, 'services: { web: { scaleup: 60, scaledwn: 20 } }\n');
    await eventually(
      'the mistake is reported',
      async () => (await metricValue(bench.url, 'micado_rulegen_policy_ok')) === 0,
    );
    const body = (await (await fetch(`${bench.url}/api/v1/services`)).json()) as {
      policy: { usable: boolean; problems: unknown[] };
    };
    expect(body.policy).toEqual({
      usable: true,
      problems: [
        expect.objectContaining({
          where: 'services.web.scaledwn',
          message: expect.stringContaining('did you mean "scaledown"'),
        }),
      ],
    });
    expect(readRules(bench, 'service-web.yml')).toContain('> 60');
    writeFileSync(bench.policyFile, 'services: { web: { scaleup: 70 } }\n');
    await eventually('it is followed again', () => readRules(bench, 'service-web.yml').includes('> 70'));
  });

  test('has the two alerts of a pool in Prometheus before the pool has any node', async () => {
    await using bench = await startRulegenBench({
      policy: 'workers: [{ name: worker, infra: micado_worker_infra, min: 1, max: 3 }]\n',
    });
    await untilRuns(bench, 'cluster', 'workers-worker');
    await untilReady(bench);
    const { files } = (await (await fetch(`${bench.url}/api/v1/rules`)).json()) as {
      files: { file: string; rules: { alert: string }[] }[];
    };
    const rules = files.find(({ file }) => file === 'workers-worker.yml')?.rules ?? [];
    expect(rules.map(({ alert }) => alert)).toEqual(['worker_overloaded', 'worker_underloaded']);
  });

  test('names the targets of pool nodes and of services with metrics of their own', async () => {
    await using bench = await startRulegenBench({
      config: { 'exporter.port': 9_300 },
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    expect((await fetch(`${bench.url}/api/v1/nothing`)).status).toBe(404);
    await untilReady(bench);
    const answer = await fetch(`${bench.url}/sd`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toEqual([]);
    const worker = { labels: { 'micado.pool': 'worker' }, address: '10.0.0.11' };
    bench.engine.state.addNode({ hostname: 'w1', ...worker });
    bench.engine.state.addNode({ hostname: 'w2', ...worker, state: 'down' });
    expect(await (await fetch(`${bench.url}/sd`)).json()).toEqual([
      { targets: ['10.0.0.11:9300'], labels: { job: 'exporter', pool: 'worker', node: 'w1' } },
    ]);
    await bench.engine.pause();
    expect((await fetch(`${bench.url}/sd`)).status).toBe(503);
  });

  test('lists again when the event stream breaks or Docker was away', async () => {
    await using bench = await startRulegenBench();
    await untilReady(bench);
    await bench.engine.pause();
    await eventually(
      'it notices',
      async () => (await metricValue(bench.url, 'micado_rulegen_docker_connected')) === 0,
    );
    bench.engine.state.createService({ name: 'web' });
    await bench.engine.resume();
    await untilRuns(bench, 'cluster', 'service-web');
  });

  test('writes and reloads nothing in a dry run', async () => {
    await using bench = await startRulegenBench({
      config: { 'dry-run': true },
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    await untilReady(bench);
    expect((await readServices(bench.url)).map(({ state }) => state)).toEqual(['scaled']);
    expect(filesOf(bench)).toEqual([]);
    expect(bench.prometheus.reloads().asked).toBe(0);
  });

  test('serves several Prometheus servers, and says which of them is not served', async () => {
    const otherRules = mkdtempSync(join(tmpdir(), 'micado-other-'));
    await using stray = await startFakePrometheus(otherRules);
    await using bench = await startRulegenBench({ extraPrometheus: stray.url });
    await untilRuns(bench, 'cluster');
    const body = await eventually('the stray one is named', async () => {
      const text = await (await fetch(`${bench.url}/-/ready`)).text();
      return text.includes('rule_files') && text;
    });
    expect(body).toContain(stray.url);
    expect(body).not.toContain(bench.prometheus.url);
    const failures = 'micado_rulegen_passes_total{result="error"}';
    await eventually('it has tried again', async () => ((await metricValue(bench.url, failures)) ?? 0) >= 3);
    expect(stray.reloads().asked).toBe(1);
    rmSync(otherRules, { recursive: true, force: true });
  });

  test('warns of a Prometheus that sends alerts again only after a minute', async () => {
    await using bench = await startRulegenBench({
      before: ({ prometheus }) => {
        prometheus.flags.resendDelay = '1m';
      },
    });
    await untilReady(bench);
    const { prometheus } = (await (await fetch(`${bench.url}/api/v1/rules`)).json()) as {
      prometheus: { verified: boolean; warnings: string[] }[];
    };
    expect(prometheus).toEqual([
      expect.objectContaining({
        verified: true,
        warnings: [expect.stringContaining('--rules.alert.resend-delay')],
      }),
    ]);
    const series = `micado_rulegen_prometheus_warnings{prometheus="${bench.prometheus.url}"}`;
    expect(await metricValue(bench.url, series)).toBe(1);
  });

  test('says which flag is missing when Prometheus cannot be reloaded', async () => {
    await using bench = await startRulegenBench({
      before: ({ prometheus }) => {
        prometheus.flags.lifecycle = false;
      },
    });
    await eventually('the flag is named', async () =>
      (await (await fetch(`${bench.url}/-/ready`)).text()).includes('--web.enable-lifecycle'),
    );
  });

  test('makes a pass when somebody with credentials asks for one', async () => {
    const token = 'a-token-for-this-test';
    await using bench = await startRulegenBench({ token });
    await untilReady(bench);
    const passes = async (): Promise<number> =>
      (await metricValue(bench.url, 'micado_rulegen_passes_total{result="success"}')) ?? 0;
    const before = await passes();
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${bench.url}/-/reload`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(200);
    await eventually('it was made', async () => (await passes()) > before);
  });

  test('exposes metrics that promtool has nothing to say about', async () => {
    await using bench = await startRulegenBench({
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    await untilReady(bench);
    expect(metricComplaints(await (await fetch(`${bench.url}/metrics`)).text())).toEqual([]);
  });
});
