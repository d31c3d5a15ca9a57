import { expect, test } from '@jest/globals';
import { hold, reject } from '../../../../executor/core/decision.ts';
import { nextLookAfterMs } from '../../../../executor/core/next-look.ts';
import { NOW_MS } from '../builders.ts';

test.each([
  ['a cool-down is looked at when it ends', hold('cooldown', '', NOW_MS + 17_000), 17_000],
  ['a cool-down that has ended meanwhile, at once', hold('cooldown', '', NOW_MS - 1), 0],
  ['starting tasks soon, not at their deadline', hold('starting', '', NOW_MS + 60_000), 2_000],
  ['starting tasks at a deadline that is nearer', hold('starting', '', NOW_MS + 500), 500],
  ['a part that is away, soon', hold('prometheus_away', ''), 2_000],
  ['a limit that only a person moves, when something wakes it', hold('at_max', ''), undefined],
  ['a refusal, when something wakes it', reject('opted_out', ''), undefined],
])('%s', (_title, decision, afterMs) => {
  expect(nextLookAfterMs(decision, NOW_MS)).toBe(afterMs);
});
