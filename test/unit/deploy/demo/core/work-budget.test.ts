import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  msUntilUnit,
  noWork,
  setCores,
  TICK_SECONDS,
  takeUnit,
  UNIT_TICKS,
  type WorkBudget,
} from '../../../../../deploy/demo/core/work-budget.ts';

const UNIT_SECONDS = UNIT_TICKS * TICK_SECONDS;

/** Takes all units that there are at that moment. */
function takeAll(budget: WorkBudget, nowMs: number): { units: number; rest: WorkBudget } {
  let units = 0;
  let rest = budget;
  for (let next = takeUnit(rest, nowMs); next !== undefined; next = takeUnit(rest, nowMs)) {
    rest = next;
    units += 1;
  }
  return { units, rest };
}

describe('a budget of work', () => {
  test('offers nothing until there is a load', () => {
    expect(takeUnit(noWork(0), 1_000_000)).toBeUndefined();
    expect(msUntilUnit(noWork(0), 1_000_000)).toBeUndefined();
  });

  test('has a unit when it says that it will, and not a millisecond before', () => {
    const budget = setCores(noWork(0), 0.3, 0);
    const waitMs = msUntilUnit(budget, 0) ?? 0;
    expect(waitMs).toBe(Math.ceil((UNIT_SECONDS / 0.3) * 1000));
    expect(takeUnit(budget, waitMs - 1)).toBeUndefined();
    expect(takeUnit(budget, waitMs)).toBeDefined();
  });

  test('keeps a quarter of a second of what nobody took, and one unit at least', () => {
    expect(takeAll(setCores(noWork(0), 2, 0), 60_000).units).toBe(0.5 / UNIT_SECONDS);
    expect(takeAll(setCores(noWork(0), 0.01, 0), 60_000).units).toBe(1);
  });

  test('forgets the backlog of a load that ended', () => {
    const busy = setCores(noWork(0), 4, 0);
    const idle = setCores(busy, 0, 10_000);
    expect(takeUnit(idle, 20_000)).toBeUndefined();
  });

  test('offers, however often it is asked, what its load adds up to and a backlog at most', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 8, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 }),
        (cores, pausesMs) => {
          let budget = setCores(noWork(0), cores, 0);
          let nowMs = 0;
          let units = 0;
          for (const pauseMs of pausesMs) {
            nowMs += pauseMs;
            const taken = takeAll(budget, nowMs);
            units += taken.units;
            budget = taken.rest;
          }
          expect(units * UNIT_SECONDS).toBeLessThanOrEqual((cores * nowMs) / 1000 + 1e-3);
        },
      ),
    );
  });
});
