/** What users of such systems complain of most, as far as running rulegen has to do with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { metricValue, type RulegenBench, serviceNamed, startRulegenBench } from './rulegen-bench.ts';

const untilRuns = ({ prometheus }: RulegenBench, ...groups: readonly string[]): Promise<true> =>
  eventually(
    `Prometheus runs ${groups.join(', ')}`,
    () => JSON.stringify(prometheus.groups()) === JSON.stringify([...groups].sort()) && true,
  );
const textOf = ({ rulesDir }: RulegenBench, file: string): string =>
  readFileSync(join(rulesDir, file), 'utf8');

describe('complaint 1, scaling in means downtime:', () => {
  test('a worker that is being emptied is measured to its end, and one that is gone keeps no pool from shrinking', async () => {
    await using bench = await startRulegenBench();
    const { engine } = bench;
    const labels = { 'micado.pool': 'worker' };
    const { ID: id } = engine.state.addNode({ hostname: 'w1', address: '10.0.0.11', labels });
    const targets = async (): Promise<readonly unknown[]> =>
      (await (await fetch(`${bench.url}/sd`)).json()) as unknown[];
    await eventually('it is a target', async () => (await targets()).length === 1);
    engine.state.changeNode(id, (node) => ({ ...node, Spec: { ...node.Spec, Availability: 'drain' } }));
    expect(await targets()).toHaveLength(1);
    engine.state.changeNode(id, (node) => ({ ...node, Status: { ...node.Status, State: 'down' } }));
    expect(await targets()).toEqual([]);
  });
});

describe('complaint 2, one invalid rule blocks all updates in silence:', () => {
  test('each way to be invalid stops one service, is told everywhere, and holds up nobody', async () => {
    await using bench = await startRulegenBench({
      before({ engine, prometheus }) {
        prometheus.refuseFilesWith = '99.5';
        engine.state.createService({ name: 'label', labels: { 'micado.max': 'many' } });
        engine.state.createService({ name: 'query', labels: { 'micado.query': 'sum(' } });
        engine.state.createService({ name: 'refused', labels: { 'micado.scaleup': '99.5' } });
        engine.state.createService({ name: 'good' });
      },
    });
    await untilRuns(bench, 'cluster', 'service-good');
    await eventually('rulegen is ready', async () => (await fetch(`${bench.url}/-/ready`)).ok);
    for (const name of ['label', 'query', 'refused']) {
      const service = await serviceNamed(bench.url, name);
      expect(service?.state).toBe('quarantined');
      expect(service?.problems[0]?.message).not.toBe('');
      expect(
        await metricValue(
          bench.url,
          `micado_rulegen_service_problems{application="${name}",severity="error"}`,
        ),
      ).toBe(1);
    }
    expect(textOf(bench, 'cluster.yml')).toContain('alert: micado_rule_quarantined');
    bench.engine.state.createService({ name: 'next' });
    await untilRuns(bench, 'cluster', 'service-good', 'service-next');
    expect(readdirSync(bench.rulesDir).filter((name) => name.startsWith('service-'))).toHaveLength(2);
  });
});

describe('complaint 10, the event stream stops or misses events:', () => {
  test('without a single event, everything is found by looking again', async () => {
    await using bench = await startRulegenBench({
      config: { 'resync.interval': 1_000 },
      before: ({ engine }) => engine.failNext('/events', 500, 'no events today', 1_000),
    });
    await untilRuns(bench, 'cluster');
    bench.engine.state.createService({ name: 'web' });
    await untilRuns(bench, 'cluster', 'service-web');
    bench.engine.state.removeService('web');
    await untilRuns(bench, 'cluster');
    expect(await metricValue(bench.url, 'micado_rulegen_docker_connected')).toBe(0);
  });

  test('what happened while the stream was down is there when it is back', async () => {
    await using bench = await startRulegenBench();
    await untilRuns(bench, 'cluster');
    await bench.engine.pause();
    bench.engine.state.createService({ name: 'web' });
    await bench.engine.resume();
    await untilRuns(bench, 'cluster', 'service-web');
  });
});

describe('complaint 25, gaps in metrics, and bounds that the raw API ignores:', () => {
  test('nothing goes down on the figures of some tasks: each way down counts those that were measured', async () => {
    await using bench = await startRulegenBench({
      before({ engine }) {
        const memoryLimitBytes = 67_108_864;
        engine.state.createService({ name: 'a-cpu', cpuLimitCores: 1 });
        engine.state.createService({
          name: 'b-memory',
          memoryLimitBytes,
          labels: { 'micado.metric': 'memory' },
        });
        engine.state.createService({
          name: 'c-throttling',
          cpuLimitCores: 1,
          labels: { 'micado.metric': 'throttling' },
        });
      },
    });
    const groups = ['service-a-cpu', 'service-b-memory', 'service-c-throttling'];
    await untilRuns(bench, 'cluster', ...groups);
    for (const group of groups) {
      const [, down = ''] = textOf(bench, `${group}.yml`).split('_underloaded"');
      expect(down).toMatch(/count\([\s\S]+\)\s+>= max\(swarm_service_replicas_running/);
    }
  });

  test('bounds are gauges of every scaled service, and a rule holds the replicas against them', async () => {
    await using bench = await startRulegenBench({
      before: ({ engine }) =>
        void engine.state.createService({ name: 'web', labels: { 'micado.min': '2', 'micado.max': '5' } }),
    });
    await untilRuns(bench, 'cluster', 'service-web');
    const { asked } = bench.prometheus.reloads();
    const listings = bench.engine.callsTo('/services');
    bench.engine.state.scaleService('web', 50);
    await eventually('the event was followed', () => bench.engine.callsTo('/services') > listings);
    const bound = (which: string): Promise<number | undefined> =>
      metricValue(bench.url, `micado_rulegen_service_replicas_${which}{application="web"}`);
    expect([await bound('min'), await bound('max')]).toEqual([2, 5]);
    expect(textOf(bench, 'cluster.yml')).toMatch(
      /alert: out_of_bounds\n[\s\S]+> on \(application\) max by \(application\) \(micado_rulegen_service_replicas_max\)/,
    );
    expect(bench.prometheus.reloads().asked).toBe(asked);
  });
});
