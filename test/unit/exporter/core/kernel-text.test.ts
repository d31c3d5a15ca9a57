import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ascii,
  countLines,
  type KernelText,
  parseKeyed,
  parseNumber,
  parseNumberRow,
} from '../../../../exporter/core/kernel-text.ts';

/** With bytes of an earlier file behind the end, as the shared buffer has them. */
const text = (content: string): KernelText => ({ bytes: ascii(`${content}999\n`), length: content.length });
const anyBytes = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes): KernelText => ({ bytes, length: bytes.length }));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('a file of one number', () => {
  test.each([
    ['0\n', 0],
    ['123456789012\n', 123_456_789_012],
    ['18446744073709551615\n', 2 ** 64],
    ['7', 7],
  ])('reads %j', (content, value) => {
    expect(parseNumber(text(content))).toBe(value);
  });

  test.each([
    '',
    '\n',
    '12 13\n',
    '1.5\n',
    '-\n',
    '0x10\n',
    '12\n\n',
    ' 12\n',
    'max\n',
    '-1\n',
    '1'.repeat(21),
  ])('takes %j for no number', (content) => {
    expect(parseNumber(text(content))).toBeNaN();
  });

  test('reads every number that the kernel can print', () => {
    fc.assert(
      fc.property(u64, (value) => {
        const read = parseNumber(text(`${value}\n`));
        expect(Math.abs(read / Number(value) - 1) < 1e-15 || read === Number(value)).toBe(true);
      }),
    );
  });

  test('of any bytes gives what they say, or NaN', () => {
    fc.assert(
      fc.property(anyBytes, (any) => {
        const content = String.fromCharCode(...any.bytes);
        const value = parseNumber(any);
        if (/^\d{1,15}\n?$/.test(content)) expect(value).toBe(Number(content));
        else if (!/^\d{1,20}\n?$/.test(content)) expect(value).toBeNaN();
      }),
    );
  });
});

describe('a row of numbers', () => {
  const row = (content: string, count: number): number[] => {
    const values = new Float64Array(count);
    parseNumberRow(text(content), values);
    return [...values];
  };

  test('reads a quota and its period', () => {
    expect(row('50000 100000\n', 2)).toEqual([50_000, 100_000]);
    expect(row('max 100000\n', 2)).toEqual([Number.POSITIVE_INFINITY, 100_000]);
  });

  test('gives NaN for what is missing or makes no sense', () => {
    expect(row('5\n', 2)).toEqual([5, Number.NaN]);
    expect(row('a 7\n', 2)).toEqual([Number.NaN, 7]);
    expect(row('', 1)).toEqual([Number.NaN]);
  });
});

describe('a file of keys and values', () => {
  const keys = ['usage_usec', 'nr_throttled'];
  const read = (any: KernelText, wanted = keys): { sound: boolean; values: number[] } => {
    const values = new Float64Array(wanted.length);
    const sound = parseKeyed(any, wanted.map(ascii), values);
    return { sound, values: [...values] };
  };

  test('finds keys wherever they stand, and no key by a part of its name', () => {
    const content = 'usage 1\nnr_throttled 7\nusage_usec_x 2\nusage_usec 33\n';
    expect(read(text(content))).toEqual({ sound: true, values: [33, 7] });
  });

  test('is sound without a key that this kernel does not have', () => {
    expect(read(text('usage_usec 5\n'))).toEqual({ sound: true, values: [5, Number.NaN] });
  });

  test('does not take a number that may be cut off', () => {
    expect(read(text('nr_throttled 1\nusage_usec 123'))).toEqual({ sound: true, values: [Number.NaN, 1] });
  });

  test.each(['', 'nonsense\n', 'usage_usec 12x\n', 'usage_usec \n', 'usage_usec -1\n'])(
    'is not sound when it says %j',
    (content) => {
      expect(read(text(content)).sound).toBe(false);
    },
  );

  test('of any bytes gives only figures that stand there in full', () => {
    const line = fc.oneof(
      fc.tuple(fc.constantFrom('usage_usec', 'nr_throttled', 'other'), u64).map(([k, v]) => `${k} ${v}\n`),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const content = lines.join('').replace(/[^\n -~]/g, '?');
        const { values } = read(text(content));
        keys.forEach((key, index) => {
          const value = values[index] ?? Number.NaN;
          if (Number.isNaN(value)) return;
          const stated = [...content.matchAll(new RegExp(`^${key} (\\d+)\\n`, 'gm'))].map((m) =>
            Number(m[1]),
          );
          expect(stated.some((one) => Math.abs(one - value) <= one * 1e-15)).toBe(true);
        });
      }),
    );
    fc.assert(fc.property(anyBytes, (any) => read(any).values.length === 2));
  });
});

test('lines are counted when they are whole', () => {
  expect(countLines(text('1\n22\n333\n'))).toBe(3);
  expect(countLines(text('1\n22'))).toBe(1);
  expect(countLines(text(''))).toBe(0);
});
