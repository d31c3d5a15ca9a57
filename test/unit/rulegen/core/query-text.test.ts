import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fillInService,
  judgeQuery,
  onOneLine,
  shortestRangeMs,
} from '../../../../rulegen/core/query-text.ts';

const accepted = (formatted: string) => ({ kind: 'accepted', formatted }) as const;

describe('a query', () => {
  test('gets the name of the service wherever it asks for it', () => {
    expect(fillInService('a{x="{{service}}"} + b{y="{{ service }}"}', 'shop_front-end')).toBe(
      'a{x="shop_front-end"} + b{y="shop_front-end"}',
    );
  });

  test('cannot be left through the name', () => {
    expect(fillInService('a{x="{{service}}"}', 'a"} or b{y="$&')).toBe('a{x="a\\"} or b{y=\\"$&"}');
  });

  test('stands on one line, as Prometheus printed it', () => {
    expect(judgeQuery(accepted('  sum by (a) (b)\nand on ()\n  c'), accepted('sum(x)'))).toEqual(
      accepted('sum by (a) (b) and on () c'),
    );
  });

  test.each([
    ['a scalar', '1:5: parse error: expected type instant vector in aggregation expression, got scalar'],
    ['a range vector', 'parse error: expected type instant vector, got range vector'],
    ['a string', 'parse error: expected type instant vector, got string'],
  ])('that is %s is refused with that word', (type, message) => {
    expect(judgeQuery(accepted('x'), { kind: 'refused', message })).toEqual({
      kind: 'refused',
      message: `is ${type}, but must be an instant vector that can be summed`,
    });
  });

  test('that Prometheus refuses alone keeps its message', () => {
    const refused = { kind: 'refused', message: 'unexpected right parenthesis' } as const;
    expect(judgeQuery(refused, { kind: 'unchecked' })).toBe(refused);
  });

  test('holds no line break and no character that YAML gives a meaning to, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const verdict = judgeQuery(accepted(text), accepted(text));
        if (verdict.kind === 'accepted') expect(verdict.formatted).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  test('on one line says what it said on many', () => {
    expect(onOneLine('a\n  +\n\tb')).toBe('a + b');
  });
});

test.each<[string, number | undefined]>([
  ['up', undefined],
  ['rate(a[5m]) / rate(b[90s])', 90_000],
  ['max_over_time(rate(a[3s])[1h:5m])', 3_000],
  ['max_over_time(a[2s:])', 2_000],
  ['a{x="[1s]",y=\'[1s]\',z=`[1s]`} # [1s]', undefined],
  ['a{x="\\"[1s]"}[1m]', 60_000],
])('the shortest range of %s is %s', (query, rangeMs) => {
  expect(shortestRangeMs(query)).toBe(rangeMs);
});
