/**
 * Block I/O per device. Version 1 has lines `8:0 Read 4096` and a last one `Total 4096`, version 2 (`io.stat`) has lines
 * `8:0 rbytes=4096 wbytes=0 …`, where a device without any I/O may stand alone.
 */
import { ascii, digitsToNumber, endOf, isWord, type KernelText } from './kernel-text.ts';

const NEWLINE = 10;
const SPACE = 32;
const COLON = 58;
const EQUALS = 61;

const OPERATIONS = ['Read', 'Write', 'Sync', 'Async', 'Discard', 'Total'] as const;
export type BlockOperation = (typeof OPERATIONS)[number];
const OPERATION_WORDS = OPERATIONS.map(ascii);

/** The engine writes them in small letters where the machine has version 2. */
export const toBlockOperation = (word: string): BlockOperation | undefined =>
  OPERATIONS.find((one) => one.toLowerCase() === word.toLowerCase());

export type VisitOperation = (major: number, minor: number, operation: BlockOperation, value: number) => void;

/** A version 1 file, `blkio.throttle.io_service_bytes` or `io_serviced`. */
export function forEachOperation({ bytes, length }: KernelText, visit: VisitOperation): void {
  for (let from = 0; from < length; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const deviceEnd = endOf(bytes, from, end, SPACE);
    const colon = endOf(bytes, from, deviceEnd, COLON);
    const wordEnd = endOf(bytes, deviceEnd + 1, end, SPACE);
    const operation = OPERATIONS[OPERATION_WORDS.findIndex((w) => isWord(bytes, deviceEnd + 1, wordEnd, w))];
    const major = digitsToNumber(bytes, from, colon);
    const minor = digitsToNumber(bytes, colon + 1, deviceEnd);
    const value = digitsToNumber(bytes, wordEnd + 1, end);
    if (end < length && operation !== undefined && !Number.isNaN(major + minor + value))
      visit(major, minor, operation, value);
    from = end + 1;
  }
}

export type DeviceIo = { readBytes: number; writtenBytes: number; reads: number; writes: number };
const KEYS = [
  [ascii('rbytes'), 'readBytes'],
  [ascii('wbytes'), 'writtenBytes'],
  [ascii('rios'), 'reads'],
  [ascii('wios'), 'writes'],
] as const;

const device: DeviceIo = { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 };

/** A version 2 file; what a line does not state is NaN. The figures are overwritten by the next line. */
export function forEachIoStat(
  { bytes, length }: KernelText,
  visit: (major: number, minor: number, io: DeviceIo) => void,
): void {
  for (let from = 0; from < length; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const deviceEnd = endOf(bytes, from, end, SPACE);
    const colon = endOf(bytes, from, deviceEnd, COLON);
    const major = digitsToNumber(bytes, from, colon);
    const minor = digitsToNumber(bytes, colon + 1, deviceEnd);
    if (end < length && deviceEnd < end && !Number.isNaN(major + minor)) {
      readPairs(bytes, deviceEnd + 1, end);
      visit(major, minor, device);
    }
    from = end + 1;
  }
}

function readPairs(bytes: Uint8Array, from: number, end: number): void {
  for (const [, name] of KEYS) device[name] = Number.NaN;
  for (let at = from; at < end; ) {
    const pairEnd = endOf(bytes, at, end, SPACE);
    const equals = endOf(bytes, at, pairEnd, EQUALS);
    for (const [key, name] of KEYS)
      if (isWord(bytes, at, equals, key)) device[name] = digitsToNumber(bytes, equals + 1, pairEnd);
    at = pairEnd + 1;
  }
}
