import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ascii } from '../../../../exporter/core/kernel-text.ts';
import { forEachInterface, NET_FIELD } from '../../../../exporter/core/net-dev.ts';

const HEADINGS =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';

function rowsOf(content: string | Uint8Array): [string, number[]][] {
  const bytes = typeof content === 'string' ? ascii(content) : content;
  const found: [string, number[]][] = [];
  forEachInterface({ bytes, length: bytes.length }, (name, figures) => void found.push([name, [...figures]]));
  return found;
}
const read = (content: string): Record<string, number[]> => Object.fromEntries(rowsOf(content));

const row = (name: string, figures: readonly (number | bigint)[]): string =>
  `${name.padStart(6)}:${figures.map((figure) => String(figure).padStart(8)).join(' ')}\n`;
const sixteen = Array.from({ length: 16 }, (_, index) => index * 10);

describe('net/dev', () => {
  test('has one row of figures for each interface', () => {
    expect(read(HEADINGS + row('lo', sixteen) + row('eth0.12', sixteen))).toEqual({
      lo: sixteen,
      'eth0.12': sixteen,
    });
  });

  test('has its figures where the families look for them', () => {
    const figures = read(HEADINGS + row('eth0', sixteen))['eth0'] ?? [];
    expect(figures[NET_FIELD.receivedDropped]).toBe(30);
    expect(figures[NET_FIELD.sentBytes]).toBe(80);
    expect(figures[NET_FIELD.sentDropped]).toBe(110);
  });

  test('reads a name and a figure that touch', () => {
    expect(read('eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n')['eth0']?.[0]).toBe(1);
  });

  test.each([
    ['a figure is missing', row('eth0', sixteen.slice(1))],
    ['there is one too many', row('eth0', [...sixteen, 1])],
    ['one is no number', row('eth0', sixteen).replace(' 50 ', ' 5x ')],
    ['it may be cut off', row('eth0', sixteen).trimEnd()],
    ['it has no name', row('', sixteen)],
  ])('leaves out a row in which %s', (_, content) => {
    expect(read(content)).toEqual({});
  });

  test('gives back what was written, and never fails on any bytes', () => {
    const name = fc.stringMatching(/^[a-z0-9.@_-]{1,15}$/);
    const figures = fc.array(fc.integer({ min: 0, max: 2 ** 53 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, figures)), (rows) => {
        expect(rowsOf(HEADINGS + rows.map(([one, all]) => row(one, all)).join(''))).toEqual(rows);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void rowsOf(bytes)));
  });
});
