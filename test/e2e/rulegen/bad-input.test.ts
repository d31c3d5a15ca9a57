/** Labels, policies, files and configurations that are wrong: what is named, what is put aside, and what goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { filesOf, readRules, ready, untilReady, untilRuns } from './bench-views.ts';
import { metricValue, serviceNamed, startRulegenBench } from './rulegen-bench.ts';

describe('rulegen', () => {
  test('checks a query before it writes it, and keeps the last good file while it cannot', async () => {
    await using bench = await startRulegenBench();
    await untilReady(bench);
    bench.engine.state.createService({ name: 'web', labels: { 'micado.query': 'sum(jobs)' } });
    await untilRuns(bench, 'cluster', 'service-web');
    const good = readRules(bench, 'service-web.yml');
    await bench.prometheus.pause();
    bench.engine.state.changeService('web', (spec) => ({
      ...spec,
      Labels: { 'micado.query': 'sum(other)' },
    }));
    await eventually(
      'the query waits',
      async () => (await serviceNamed(bench.url, 'web'))?.state === 'waiting',
    );
    expect(readRules(bench, 'service-web.yml')).toBe(good);
    await bench.prometheus.resume();
    await eventually('the new query is there', () =>
      readRules(bench, 'service-web.yml').includes('sum(other)'),
    );
  });

  test('quarantines a service whose query breaks out, and serves the others', async () => {
    await using bench = await startRulegenBench();
    bench.engine.state.createService({ name: 'bad', labels: { 'micado.query': 'up) or vector(1' } });
    bench.engine.state.createService({ name: 'good' });
    await untilRuns(bench, 'cluster', 'service-good');
    const bad = await serviceNamed(bench.url, 'bad');
    expect(bad?.state).toBe('quarantined');
    expect(bad?.problems).toEqual([
      expect.objectContaining({
        where: 'micado.query',
        value: 'up) or vector(1',
        message: expect.stringContaining('parenthesis'),
      }),
    ]);
    expect(await metricValue(bench.url, 'micado_rulegen_services{state="quarantined"}')).toBe(1);
    expect(
      await metricValue(bench.url, 'micado_rulegen_service_problems{application="bad",severity="error"}'),
    ).toBe(1);
  });

  test('keeps the last good file of a service whose labels went wrong', async () => {
    await using bench = await startRulegenBench();
    bench.engine.state.createService({ name: 'web', labels: { 'micado.max': '4' } });
    await untilRuns(bench, 'cluster', 'service-web');
    const good = readRules(bench, 'service-web.yml');
    bench.engine.state.changeService('web', (spec) => ({ ...spec, Labels: { 'micado.max': 'many' } }));
    await eventually(
      'it is quarantined',
      async () => (await serviceNamed(bench.url, 'web'))?.state === 'quarantined',
    );
    expect(readRules(bench, 'service-web.yml')).toBe(good);
    expect(await ready(bench)).toBe(true);
    bench.engine.state.changeService('web', (spec) => ({ ...spec, Labels: { 'micado.max': '6' } }));
    await eventually('it is right again', () => readRules(bench, 'service-web.yml').includes('max: "6"'));
  });

  test('puts a file aside that Prometheus refuses all the same, and loads the rest', async () => {
    await using bench = await startRulegenBench({
      before: ({ engine, prometheus }) => {
        prometheus.refuseFilesWith = '99.5';
        engine.state.createService({ name: 'fine' });
        engine.state.createService({ name: 'odd', labels: { 'micado.scaleup': '99.5' } });
        engine.state.createService({ name: 'other' });
      },
    });
    await untilRuns(bench, 'cluster', 'service-fine', 'service-other');
    await untilReady(bench);
    expect(filesOf(bench)).toEqual(['cluster.yml', 'service-fine.yml', 'service-other.yml']);
    expect((await serviceNamed(bench.url, 'odd'))?.state).toBe('quarantined');
    const { asked } = bench.prometheus.reloads();
    bench.engine.state.changeService('odd', (spec) => ({ ...spec, Labels: { 'micado.scaleup': '90' } }));
    await untilRuns(bench, 'cluster', 'service-fine', 'service-odd', 'service-other');
    expect(bench.prometheus.reloads().asked).toBe(asked + 1);
  });

  test('blames no file of its own when the configuration of Prometheus is broken, and asks seldom', async () => {
    await using bench = await startRulegenBench({ config: { 'resync.interval': 3_000 } });
    await untilReady(bench);
    bench.prometheus.brokenConfig = true;
    bench.engine.state.createService({ name: 'web' });
    await eventually('it says so', async () =>
      (await (await fetch(`${bench.url}/-/ready`)).text()).includes('failed to reload'),
    );
    const failed = async (): Promise<number> =>
      (await metricValue(bench.url, 'micado_rulegen_passes_total{result="error"}')) ?? 0;
    await eventually('it has tried again', async () => (await failed()) >= 3);
    // The first reload, and one without the new file: that did not help.
    expect(bench.prometheus.reloads().asked).toBeLessThanOrEqual(1 + 2);
    expect((await serviceNamed(bench.url, 'web'))?.state).toBe('scaled');
    expect(filesOf(bench)).toEqual(['cluster.yml', 'service-web.yml']);
    bench.prometheus.brokenConfig = false;
    await untilRuns(bench, 'cluster', 'service-web');
    await untilReady(bench);
  }, 30_000);

  test('changes nothing while there is no good policy at all', async () => {
    await using bench = await startRulegenBench({
      policy: 'defaults: { scale: flase }\n',
      before: ({ engine }) => void engine.state.createService({ name: 'web' }),
    });
    await eventually('it says so', async () =>
      (await (await fetch(`${bench.url}/-/ready`)).text()).includes('the policy file is wrong'),
    );
    expect(filesOf(bench)).toEqual([]);
    writeFileSync(bench.policyFile, 'defaults: { scale: false }\n');
    await untilReady(bench);
    expect(filesOf(bench)).toEqual(['cluster.yml']);
    expect((await serviceNamed(bench.url, 'web'))?.reason).toBe('policy_default');
  });

  test('leaves files alone that are not its own, and says so', async () => {
    await using bench = await startRulegenBench({
      before: ({ engine, rulesDir }) => {
        engine.state.createService({ name: 'web' });
        writeFileSync(join(rulesDir, 'service-web.yml'), 'groups: []\n');
        writeFileSync(join(rulesDir, 'theirs.yml'), 'groups: []\n');
        writeFileSync(
          join(rulesDir, 'service-old.yml'),
          '# generated by micado-rulegen 0.9.0; do not edit\ngroups: []\n',
        );
      },
    });
    await untilReady(bench);
    expect(filesOf(bench)).toEqual(['cluster.yml', 'service-web.yml', 'theirs.yml']);
    expect(readRules(bench, 'service-web.yml')).toBe('groups: []\n');
    const body = (await (await fetch(`${bench.url}/api/v1/services`)).json()) as {
      problems: { where: string }[];
    };
    expect(body.problems.map(({ where }) => where)).toEqual(['service-web.yml']);
  });
});
