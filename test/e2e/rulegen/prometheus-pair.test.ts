/** Two Prometheus servers on one rules folder, as an operator has them who wants to lose one of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { type FakePrometheus, startFakePrometheus } from '../../fakes/prometheus-server.ts';
import { untilReady } from './bench-views.ts';
import { metricValue, type RulegenBench, startRulegenBench } from './rulegen-bench.ts';

let rulesDir: string;
let twin: FakePrometheus;
let bench: RulegenBench;
let pair: readonly FakePrometheus[];

beforeEach(async () => {
  rulesDir = mkdtempSync(join(tmpdir(), 'micado-pair-'));
  twin = await startFakePrometheus(rulesDir);
  bench = await startRulegenBench({ rulesDir, extraPrometheus: twin.url });
  pair = [bench.prometheus, twin];
  await untilReady(bench);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await twin[Symbol.asyncDispose]();
  rmSync(rulesDir, { recursive: true, force: true });
});

const verified = (): Promise<readonly (number | undefined)[]> =>
  Promise.all(
    pair.map(({ url }) => metricValue(bench.url, `micado_rulegen_prometheus_verified{prometheus="${url}"}`)),
  );
const untilVerified = (...expected: readonly number[]): Promise<boolean> =>
  eventually(
    `verified is ${expected.join(', ')}`,
    async () => JSON.stringify(await verified()) === JSON.stringify(expected),
  );
const untilHas = (server: FakePrometheus, group: string): Promise<boolean> =>
  eventually(`${server.url} has ${group}`, () => server.groups().includes(group));

describe('a pair of Prometheus servers', () => {
  test('has a new service in both, by one reload each, and each is verified', async () => {
    expect(await verified()).toEqual([1, 1]);
    const before = pair.map((server) => server.reloads().asked);
    bench.engine.state.createService({ name: 'web' });
    for (const server of pair) await untilHas(server, 'service-web');
    await untilVerified(1, 1);
    expect(pair.map((server) => server.reloads().asked)).toEqual(before.map((asked) => asked + 1));
  });

  test.each([
    { away: 'the first', index: 0 },
    { away: 'the second', index: 1 },
  ])('goes on with one while $away is away, and verifies it when it is back', async ({ index }) => {
    const [gone, stays] = (index === 0 ? pair : pair.toReversed()) as [FakePrometheus, FakePrometheus];
    await gone.pause();
    bench.engine.state.createService({ name: 'web' });
    await untilHas(stays, 'service-web');
    await untilVerified(...pair.map((server) => Number(server !== gone)));
    await gone.resume();
    await untilVerified(1, 1);
    expect(gone.groups()).toEqual(['cluster', 'service-web']);
    expect((await fetch(`${bench.url}/-/ready`)).status).toBe(200);
  });
});
