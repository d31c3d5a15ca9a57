import { expect, test } from '@jest/globals';
import { median, percentile } from '../../bench/figure.ts';

test('a percentile is the smallest value that enough values do not exceed', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(percentile([4, 1, 3, 2], 50)).toBe(2);
  expect(percentile([1, 2, 3, 4], 99)).toBe(4);
  expect(percentile([5], 1)).toBe(5);
  expect(percentile([], 50)).toBeNaN();
});
