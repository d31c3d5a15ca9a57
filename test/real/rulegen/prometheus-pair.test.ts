/** A pair of real Prometheus servers on one rules folder: each is reloaded and verified, and one is enough to go on. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import { metricValue, type RulegenBench, startRulegenBench } from '../../e2e/rulegen/rulegen-bench.ts';
import { eventually } from '../../eventually.ts';
import { ruleGroups } from '../support/apis.ts';

let first: RealPrometheus;
let second: RealPrometheus;
let rulegen: RulegenBench;

beforeAll(async () => {
  first = await startRealPrometheus();
  second = await startRealPrometheus();
  second.writeConfig(`rule_files: [${JSON.stringify(join(first.rulesDir, '*.yml'))}]\n`);
  await callHttp({ method: 'POST', url: `${second.url}/-/reload`, timeoutMs: 5_000 });
  rulegen = await startRulegenBench({
    config: { 'rules.dir': first.rulesDir, 'prometheus.url': [first.url, second.url] },
  });
  await untilVerified(1, 1);
}, 60_000);
afterAll(async () => {
  for (const one of [rulegen, second, first]) await one?.[Symbol.asyncDispose]();
});

const ofBoth = <T>(ask: (server: RealPrometheus) => Promise<T>): Promise<readonly T[]> =>
  Promise.all([first, second].map(ask));

/** As rulegen says it of the first and of the second. */
async function untilVerified(...expected: readonly number[]): Promise<void> {
  const series = ({ url }: RealPrometheus) => `micado_rulegen_prometheus_verified{prometheus="${url}"}`;
  await eventually(
    `verified is ${expected.join(', ')}`,
    async () => {
      const found = await ofBoth((server) => metricValue(rulegen.url, series(server)));
      return JSON.stringify(found) === JSON.stringify(expected);
    },
    { withinMs: 20_000 },
  );
}

const has = async ({ url }: RealPrometheus, group: string): Promise<boolean> =>
  (await ruleGroups(url)).some(({ name }) => name === group);

/** Those that it was asked for and has made. */
async function reloadsOf({ url }: RealPrometheus): Promise<number> {
  const { text } = await callHttp({ url: `${url}/metrics`, timeoutMs: 5_000 });
  const [, made] =
    /^prometheus_http_requests_total\{code="200",handler="\/-\/reload"\} (\d+)$/m.exec(text) ?? [];
  return Number(made ?? 0);
}

describe('a pair of Prometheus servers', () => {
  test('has a new service in both, by one reload each, and each is verified', async () => {
    const before = await ofBoth(reloadsOf);
    rulegen.engine.state.createService({ name: 'web' });
    for (const server of [first, second])
      await eventually('it has the rules', () => has(server, 'service-web'));
    await untilVerified(1, 1);
    expect(await ofBoth(reloadsOf)).toEqual(before.map((reloads) => reloads + 1));
  });

  test('goes on with one while the other is away, which is verified when it is back', async () => {
    await second.stop();
    rulegen.engine.state.createService({ name: 'shop' });
    await eventually('the one that is there has the rules', () => has(first, 'service-shop'));
    await untilVerified(1, 0);
    await second.start();
    await untilVerified(1, 1);
    expect(await has(second, 'service-shop')).toBe(true);
  }, 40_000);
});
