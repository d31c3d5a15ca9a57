/** What rulegen finds out about a Prometheus that has loaded its rules. */
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { metricValue, type RulegenBench, startRulegenBench } from './rulegen-bench.ts';

type Readiness = {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly warnings?: readonly string[];
};

const readiness = async ({ url }: RulegenBench): Promise<Readiness> =>
  (await (await fetch(`${url}/-/ready`)).json()) as Readiness;
const untilReady = (bench: RulegenBench): Promise<Readiness> =>
  eventually('rulegen is ready', async () => {
    const found = await readiness(bench);
    return found.ready && found;
  });
const ofServer = ({ prometheus }: RulegenBench, metric: string): string =>
  `${metric}{prometheus="${prometheus.url}"}`;

describe('after its rules were loaded', () => {
  test('rulegen stays ready, and warns of a resend delay that makes alerts late', async () => {
    await using bench = await startRulegenBench({
      before({ prometheus }) {
        prometheus.flags.resendDelay = '1m';
      },
    });
    const { warnings } = await untilReady(bench);
    expect(warnings).toEqual([expect.stringContaining('--rules.alert.resend-delay')]);
    expect(warnings?.[0]).toContain(bench.prometheus.url);
    expect(await metricValue(bench.url, ofServer(bench, 'micado_rulegen_prometheus_warnings'))).toBe(1);
  });

  test('rulegen says nothing of a delay of ten seconds', async () => {
    await using bench = await startRulegenBench({
      before({ prometheus }) {
        prometheus.flags.resendDelay = '10s';
      },
    });
    expect((await untilReady(bench)).warnings).toBeUndefined();
  });

  test('the first evaluation is waited for and measured', async () => {
    await using bench = await startRulegenBench();
    await untilReady(bench);
    await eventually(
      'the rules were evaluated',
      async () => (await metricValue(bench.url, 'micado_rulegen_loaded_to_evaluated_seconds_count')) === 1,
    );
    expect((await readiness(bench)).warnings).toBeUndefined();
  });

  test('a rule that fails to evaluate is named, with the words of Prometheus', async () => {
    await using bench = await startRulegenBench({
      before({ engine, prometheus }) {
        engine.state.createService({ name: 'web', labels: { 'micado.query': 'queue_length' } });
        prometheus.failRulesWith = 'queue_length';
      },
    });
    const { warnings } = await eventually('the warning is there', async () => {
      const found = await readiness(bench);
      return found.warnings !== undefined && found;
    });
    expect(warnings).toContainEqual(
      expect.stringMatching(/cannot evaluate web_overloaded of service-web\.yml: vector contains/),
    );
    expect(
      await metricValue(bench.url, ofServer(bench, 'micado_rulegen_failing_rules')),
    ).toBeGreaterThanOrEqual(1);
  });

  test('a reload by somebody else that fails is reported, because the next start would fail', async () => {
    await using bench = await startRulegenBench({ config: { 'resync.interval': 1_000 } });
    await untilReady(bench);
    const { asked } = bench.prometheus.reloads();
    bench.prometheus.brokenConfig = true;
    await fetch(`${bench.prometheus.url}/-/reload`, { method: 'POST' });
    const { ready, warnings } = await eventually('the warning is there', async () => {
      const found = await readiness(bench);
      return found.warnings !== undefined && found;
    });
    expect(ready).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('its next start would fail')]);
    expect(bench.prometheus.reloads().asked).toBe(asked + 1);
  });

  test('a Prometheus that was restarted is compared again, and one that was not is left in peace', async () => {
    await using bench = await startRulegenBench({ config: { 'resync.interval': 1_000 } });
    await untilReady(bench);
    const verifications = (): Promise<number | undefined> =>
      metricValue(bench.url, 'micado_rulegen_verify_duration_seconds_count');
    const passes = (): Promise<number | undefined> =>
      metricValue(bench.url, 'micado_rulegen_passes_total{result="success"}');
    const before = { verifications: await verifications(), passes: (await passes()) ?? 0 };
    await eventually('passes came and went', async () => ((await passes()) ?? 0) >= before.passes + 2);
    expect(await verifications()).toBe(before.verifications);
    await bench.prometheus.pause();
    await bench.prometheus.resume();
    await eventually(
      'it was compared',
      async () => ((await verifications()) ?? 0) > (before.verifications ?? 0),
    );
  });
});
