/** `/proc/<pid>/net/dev`: two lines of headings, then `name: 8 figures received, 8 figures sent` for each interface. */
import { endOf, type KernelText, readFigures, skipSpaces } from './kernel-text.ts';

const NEWLINE = 10;
const COLON = 58;
const FIGURES = 16;

/** Where the figures stand that have a family. */
export const NET_FIELD = {
  receivedBytes: 0,
  receivedPackets: 1,
  receivedErrors: 2,
  receivedDropped: 3,
  sentBytes: 8,
  sentPackets: 9,
  sentErrors: 10,
  sentDropped: 11,
} as const;

const figures = new Float64Array(FIGURES);

/** Calls `visit` for each line that is whole; the figures are overwritten by the next. */
export function forEachInterface(
  { bytes, length }: KernelText,
  visit: (name: string, figures: Float64Array) => void,
): void {
  for (let from = 0; from < length; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const nameFrom = skipSpaces(bytes, from, end);
    const colon = endOf(bytes, nameFrom, end, COLON);
    if (end < length && colon > nameFrom && colon < end && isWhole(bytes, colon + 1, end))
      visit(String.fromCharCode(...bytes.subarray(nameFrom, colon)), figures);
    from = end + 1;
  }
}

/** Neither a figure less nor anything more. */
function isWhole(bytes: Uint8Array, from: number, end: number): boolean {
  const last = readFigures(bytes, from, end, figures);
  return last >= 0 && skipSpaces(bytes, last, end) === end;
}
