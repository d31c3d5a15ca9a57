/**
 * Pressure stall information: `some avg10=0.00 avg60=0.00 avg300=0.00 total=12` and `full …`, totals in microseconds. The
 * averages are left out: a rate of the totals says the same for any window.
 */
import { ascii, digitsToNumber, endOf, isWord, type KernelText } from './kernel-text.ts';

const NEWLINE = 10;
const SPACE = 32;
const SOME = ascii('some');
const FULL = ascii('full');
const TOTAL = ascii('total=');

export type StallTimes = {
  /** At least one task waited. NaN where the file does not say. */
  someMicroseconds: number;
  /** All tasks waited. */
  fullMicroseconds: number;
};

/** Writes what the file says into `times`. False where this is no such file. */
export function parsePressure({ bytes, length }: KernelText, times: StallTimes): boolean {
  times.someMicroseconds = Number.NaN;
  times.fullMicroseconds = Number.NaN;
  for (let from = 0; from < length; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const wordEnd = endOf(bytes, from, end, SPACE);
    // A line that does not end may be cut off, and its number with it.
    if (end < length) {
      if (isWord(bytes, from, wordEnd, SOME)) times.someMicroseconds = lastTotal(bytes, wordEnd, end);
      else if (isWord(bytes, from, wordEnd, FULL)) times.fullMicroseconds = lastTotal(bytes, wordEnd, end);
    }
    from = end + 1;
  }
  const sound = !Number.isNaN(times.someMicroseconds);
  if (!sound) times.fullMicroseconds = Number.NaN;
  return sound;
}

function lastTotal(bytes: Uint8Array, from: number, end: number): number {
  let start = end;
  while (start > from && bytes[start - 1] !== SPACE) start -= 1;
  const digits = start + TOTAL.length;
  return isWord(bytes, start, digits, TOTAL) ? digitsToNumber(bytes, digits, end) : Number.NaN;
}
