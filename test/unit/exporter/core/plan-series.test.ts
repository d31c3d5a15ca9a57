import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planSeries } from '../../../../exporter/core/plan-series.ts';

const COUNTS = [
  [3, 5, 10],
  [3, 5, 40],
];
const plan = (limit: number) => planSeries({ counts: COUNTS, collectors: 3, essential: 1, limit });

describe('the plan of a scrape with a limit', () => {
  test('has everything when there is room for it', () => {
    expect(plan(66)).toEqual({ collectors: 3, containers: 2, leftOutContainers: 0, shown: 66, leftOut: 0 });
  });

  test('leaves out the last collector of all containers, though the first one’s would fit', () => {
    expect(plan(65)).toEqual({ collectors: 2, containers: 2, leftOutContainers: 0, shown: 16, leftOut: 50 });
  });

  test('keeps what is essential, and leaves out containers instead', () => {
    expect(plan(5)).toEqual({ collectors: 1, containers: 1, leftOutContainers: 1, shown: 3, leftOut: 63 });
    expect(plan(2)).toMatchObject({ containers: 0, shown: 0, leftOut: 66 });
  });

  test('never shows more than the limit, and never less than a smaller limit would', () => {
    const counts = fc.array(fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(counts, fc.nat(200), fc.nat(50), (own, limit, more) => {
        const of = (most: number) => planSeries({ counts: own, collectors: 4, essential: 2, limit: most });
        const [tight, wide] = [of(limit), of(limit + more)];
        expect(tight.shown).toBeLessThanOrEqual(limit);
        expect(wide.collectors).toBeGreaterThanOrEqual(tight.collectors);
        const total = own.flat().reduce((sum, count) => sum + count, 0);
        expect(tight.shown + tight.leftOut).toBe(total);
      }),
    );
  });
});
