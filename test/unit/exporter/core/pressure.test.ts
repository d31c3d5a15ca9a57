import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ascii } from '../../../../exporter/core/kernel-text.ts';
import { parsePressure } from '../../../../exporter/core/pressure.ts';

function read(content: string) {
  const times = { someMicroseconds: 7, fullMicroseconds: 7 };
  const sound = parsePressure({ bytes: ascii(`${content}9\n`), length: content.length }, times);
  return { sound, ...times };
}

const SOME = 'some avg10=0.22 avg60=0.17 avg300=1.11 total=2952246490\n';
const FULL = 'full avg10=0.00 avg60=0.00 avg300=0.00 total=12\n';

describe('pressure', () => {
  test('is read as the time that some waited, and that all did', () => {
    expect(read(`${SOME}${FULL}`)).toEqual({
      sound: true,
      someMicroseconds: 2_952_246_490,
      fullMicroseconds: 12,
    });
  });

  test('of the CPU has no second line on kernels before 5.13', () => {
    expect(read(SOME)).toEqual({
      sound: true,
      someMicroseconds: 2_952_246_490,
      fullMicroseconds: Number.NaN,
    });
  });

  test.each(['', 'some\n', SOME.slice(0, -1), 'some total=x\n', 'some avg10=1\n', 'none total=5\n'])(
    'is none in %j',
    (content) => {
      expect(read(content)).toEqual({
        sound: false,
        someMicroseconds: Number.NaN,
        fullMicroseconds: Number.NaN,
      });
    },
  );

  test('of any bytes gives a whole number of microseconds or none', () => {
    const word = fc.constantFrom('some', 'full', ' ', 'total=', '12', 'x', '\n', 'avg10=0.00');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const { someMicroseconds: some, fullMicroseconds: full } = read(words.join(''));
        for (const value of [some, full]) expect(Number.isNaN(value) || Number.isInteger(value)).toBe(true);
      }),
    );
  });
});
