import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLabelRows } from '../../../../executor/web/page/label-rows.ts';

test('labels that have room stay in the first row', () => {
  const rowOf = createLabelRows(3);
  expect([rowOf(0, 20), rowOf(20, 20), rowOf(90, 20)]).toEqual([0, 0, 0]);
});

test('three actions within a minute stand one under the other, and a fourth keeps its mark alone', () => {
  const rowOf = createLabelRows(3);
  expect([rowOf(0, 20), rowOf(4, 20), rowOf(8, 20), rowOf(12, 20), rowOf(20, 20)]).toEqual([
    0,
    1,
    2,
    undefined,
    0,
  ]);
});

test('no two labels of a row overlap', () => {
  const labels = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 40 })), { maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 5 }), (unsorted, count) => {
      const rowOf = createLabelRows(count);
      const drawn: { row: number; left: number; right: number }[] = [];
      for (const [left, width] of unsorted.toSorted(([a], [b]) => a - b)) {
        const row = rowOf(left, width);
        if (row !== undefined) drawn.push({ row, left, right: left + width });
      }
      for (const one of drawn)
        for (const other of drawn)
          if (one !== other && one.row === other.row)
            expect(one.right <= other.left || other.right <= one.left).toBe(true);
    }),
  );
});
