/**
 * Kernel files are parsed as bytes, without strings: thousands of them are read in one scrape. A parser gives a figure
 * that the file states in full, or NaN; it never throws and never guesses. (`as number` is safe: indices are in range.)
 */

/** The content of a file: the first `length` bytes of a buffer that the next read overwrites. */
export type KernelText = { bytes: Uint8Array; length: number };

const NEWLINE = 10;
const SPACE = 32;
const MINUS = 45;
const ZERO = 48;
/** 2^64 - 1 has 20 digits; the kernel prints nothing longer. */
const MOST_DIGITS = 20;

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const MAX = ascii('max');

/** The number that `bytes[from, to)` is: digits only, else NaN. */
export function digitsToNumber(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || to - from > MOST_DIGITS) return Number.NaN;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** As `digitsToNumber`; `max`, which is the kernel's word for no limit, is Infinity, and a minus may lead. */
export function wordToNumber(bytes: Uint8Array, from: number, to: number): number {
  if (isWord(bytes, from, to, MAX)) return Number.POSITIVE_INFINITY;
  if (from < to && bytes[from] === MINUS) return -digitsToNumber(bytes, from + 1, to);
  return digitsToNumber(bytes, from, to);
}

/** A file that holds one number, which is a count: never negative, never `max`. */
export function parseNumber({ bytes, length }: KernelText): number {
  const end = length > 0 && bytes[length - 1] === NEWLINE ? length - 1 : length;
  return digitsToNumber(bytes, 0, end);
}

/** A file that holds numbers with single blanks between them (`cpu.max`): `values[n]` is the n-th, or NaN. */
export function parseNumberRow({ bytes, length }: KernelText, values: Float64Array): void {
  values.fill(Number.NaN);
  const end = length > 0 && bytes[length - 1] === NEWLINE ? length - 1 : length;
  let from = 0;
  for (let index = 0; index < values.length && from < end; index += 1) {
    const to = endOf(bytes, from, end, SPACE);
    values[index] = wordToNumber(bytes, from, to);
    from = to + 1;
  }
}

/**
 * A file of lines `key value`: `values[n]` is that of `keys[n]`, or NaN. Stops where all are found. False where this is
 * no such file, or a wanted value is no number; a key that the kernel does not have is no problem.
 */
export function parseKeyed(
  { bytes, length }: KernelText,
  keys: readonly Uint8Array[],
  values: Float64Array,
): boolean {
  values.fill(Number.NaN);
  let missing = keys.length;
  let sound = false;
  for (let from = 0; from < length && missing > 0; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const space = endOf(bytes, from, end, SPACE);
    // A line that does not end may be cut off, and its number with it.
    if (end < length && space < end) {
      sound = true;
      const index = indexOfWord(bytes, from, space, keys);
      if (index >= 0) {
        const value = digitsToNumber(bytes, space + 1, end);
        if (Number.isNaN(value)) return false;
        values[index] = value;
        missing -= 1;
      }
    }
    from = end + 1;
  }
  return sound;
}

/** What to look for in a file of lines `key value`. Made once: every container has the same files. */
export type KeyedFormat = {
  readonly size: number;
  parse(text: KernelText, values: Float64Array): boolean;
};

export function keyedFormat(...names: readonly string[]): KeyedFormat {
  const keys = names.map(ascii);
  return { size: keys.length, parse: (text, values) => parseKeyed(text, keys, values) };
}

function indexOfWord(bytes: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): number {
  for (let index = 0; index < words.length; index += 1)
    if (isWord(bytes, from, to, words[index] as Uint8Array)) return index;
  return -1;
}

/** As characters, for a file that is read once in a while. */
export const textOf = ({ bytes, length }: KernelText): string =>
  new TextDecoder().decode(bytes.subarray(0, length));

/** The number of full lines. */
export function countLines({ bytes, length }: KernelText): number {
  let lines = 0;
  for (let at = 0; at < length; at += 1) if (bytes[at] === NEWLINE) lines += 1;
  return lines;
}

/** Fills `figures` with the numbers from there on, blanks between them. Gives where the last one ends, or -1 where one is missing. */
export function readFigures(bytes: Uint8Array, from: number, to: number, figures: Float64Array): number {
  let at = from;
  for (let index = 0; index < figures.length; index += 1) {
    const start = skipSpaces(bytes, at, to);
    at = endOf(bytes, start, to, SPACE);
    const value = digitsToNumber(bytes, start, at);
    if (Number.isNaN(value)) return -1;
    figures[index] = value;
  }
  return at;
}

/** The first place of `mark` in `bytes[from, to)`, or `to`. */
export function endOf(bytes: Uint8Array, from: number, to: number, mark: number): number {
  let at = from;
  while (at < to && bytes[at] !== mark) at += 1;
  return at;
}

/** The first place in `bytes[from, to)` that is no blank, or `to`. */
export function skipSpaces(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] === SPACE) at += 1;
  return at;
}

export function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) if (bytes[from + at] !== word[at]) return false;
  return true;
}
