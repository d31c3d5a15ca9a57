import { expect, test } from '@jest/globals';
import { measuredExpression } from '../../../../../executor/core/overview/measured-expression.ts';

test.each([
  ['100 * sum(rate(a{b="c"}[6s])) / (0.5 * 2) > 80', '100 * sum(rate(a{b="c"}[6s])) / (0.5 * 2)'],
  ['sum(queue) <= 3 * (max(r) - 1)', 'sum(queue)'],
  ['avg(a) < 20 and on () count(b) >= max(c)', 'avg(a)'],
  ['100 * sum(a unless on (node) b) / sum(c) > 60 or sum(d) > 0', '100 * sum(a unless on (node) b) / sum(c)'],
  ['temperature == bool 1', 'temperature'],
  ['a{text="b > c"} != 3', 'a{text="b > c"}'],
  [`a{text='it\\'s > c'} >= 3`, `a{text='it\\'s > c'}`],
  ['a{text=~`\\`} > 3', 'a{text=~`\\`}'],
  ['(sum(a) > 1) > 0', '(sum(a) > 1)'],
])('of %s the value is %s', (expression, measured) => {
  expect(measuredExpression(expression)).toBe(measured);
});

test.each(['', 'up', 'absent(up)', '(a > 1)', 'a or b > 3', 'a and on (x) b > 3', '> 3'])(
  'of %s no value is compared',
  (expression) => {
    expect(measuredExpression(expression)).toBeUndefined();
  },
);
