import { expect, test } from '@jest/globals';
import { createPartsReader, type Installed } from '../../../executor/overview-parts.ts';
import type { PartState } from '../../../executor/part-health.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const ANSWERED = { kind: 'known', value: [] } as const;
const WAITED = { kind: 'away', problem: 'no answer within 2 s' } as const;

function setUp({ consul }: { consul?: { isUp: boolean; changedMs: number | undefined } } = {}) {
  const clock = createManualClock();
  const startMs = clock.now();
  const state: PartState = { state: 'ok', sinceMs: startMs, latencyMs: 1 };
  const installed: Installed = {
    hasAlertmanager: true,
    hasProvider: false,
    consul: () => consul && { isUp: () => consul.isUp, changedMs: () => consul.changedMs },
  };
  const read = createPartsReader({ of: () => state }, installed, clock);
  const partOf = (name: string, alertmanager: typeof ANSWERED | typeof WAITED = ANSWERED) =>
    read({
      docker: ANSWERED,
      prometheus: ANSWERED,
      alertmanager,
      scraped: ANSWERED,
      quarantined: [],
    }).find((part) => part.name === name);
  return { clock, startMs, partOf };
}
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

test('a part that hangs is away since it was first waited for in vain, until it answers', async () => {
  const { clock, startMs, partOf } = setUp();
  await clock.advance(60_000);
  const firstMs = clock.now();
  expect(partOf('alertmanager', WAITED)).toMatchObject({ state: 'away', since: iso(firstMs) });
  await clock.advance(1_000);
  expect(partOf('alertmanager', WAITED)).toMatchObject({ state: 'away', since: iso(firstMs) });
  expect(partOf('alertmanager')).toMatchObject({ state: 'well', since: iso(startMs) });
  await clock.advance(1_000);
  expect(partOf('alertmanager', WAITED)?.since).toBe(iso(clock.now()));
});

test('what is not configured is not used, and nobody asks since when', () => {
  const { partOf } = setUp();
  for (const name of ['provider', 'consul'])
    expect(partOf(name)).toMatchObject({ state: 'off', since: null });
});

test.each([
  ['knows the executor', true, 1_000, 'well', iso(1_000)],
  ['does not know it', false, 2_000, 'late', iso(2_000)],
  ['was not asked yet', false, undefined, 'unknown', null],
])('a Consul that %s', (_, isUp, changedMs, state, since) => {
  expect(setUp({ consul: { isUp, changedMs } }).partOf('consul')).toMatchObject({ state, since });
});
