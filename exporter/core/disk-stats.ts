/**
 * `/proc/diskstats`: `8 0 sda` and eleven figures or more. Whole disks only, since each figure of a partition is in its
 * disk's too, and none that has never been used.
 */
import { endOf, type KernelText, readFigures, skipSpaces } from './kernel-text.ts';

const NEWLINE = 10;
const SPACE = 32;
const FIGURES = 11;

/** Where the figures stand. Sectors have 512 bytes, whatever the disk's own have. */
export const DISK_FIELD = {
  reads: 0,
  readsMerged: 1,
  sectorsRead: 2,
  readMs: 3,
  writes: 4,
  writesMerged: 5,
  sectorsWritten: 6,
  writeMs: 7,
  inProgress: 8,
  ioMs: 9,
  weightedIoMs: 10,
} as const;

const PARTITION = /^((h|s|v|xv)d[a-z]+|(nvme\d+n|mmcblk|loop)\d+p)\d+$/;

const figures = new Float64Array(FIGURES);

/** The figures are overwritten by the next disk. */
export function forEachDisk(
  { bytes, length }: KernelText,
  visit: (name: string, figures: Float64Array) => void,
): void {
  for (let from = 0; from < length; ) {
    const end = endOf(bytes, from, length, NEWLINE);
    const majorEnd = wordEnd(bytes, from, end);
    const minorEnd = wordEnd(bytes, majorEnd, end);
    const nameEnd = wordEnd(bytes, minorEnd, end);
    if (end < length && readFigures(bytes, nameEnd, end, figures) >= 0 && figures.some(isUsed)) {
      const name = String.fromCharCode(...bytes.subarray(skipSpaces(bytes, minorEnd, end), nameEnd));
      if (!PARTITION.test(name)) visit(name, figures);
    }
    from = end + 1;
  }
}

const isUsed = (figure: number): boolean => figure > 0;

const wordEnd = (bytes: Uint8Array, from: number, to: number): number =>
  endOf(bytes, skipSpaces(bytes, from, to), to, SPACE);
