/**
 * Kernel files by descriptors that stay open: reading one again costs a microsecond, opening it fifty. When the budget is
 * used up, the file of the highest rank gives its descriptor to one of a lower rank and is opened for each read from then
 * on, until there is room again.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { KernelText } from '../core/kernel-text.ts';
import type { KernelFiles } from '../ports.ts';

const FIRST_BUFFER_BYTES = 16_384;
const LARGEST_BUFFER_BYTES = 4 * 1024 * 1024;
/** Files of several records come a page at a time; a shorter answer is all there is. */
const SURELY_WHOLE_BYTES = 3_584;

/** A file that somebody reads again and again, held open or not. */
type Slot = { readonly path: string; readonly rank: number; fd: number | undefined };

export function createCachedKernelFiles(maxOpen: number): KernelFiles {
  const readInto = createReader();
  const slots = new Set<Slot>();
  const held: Set<Slot>[] = [];
  let open = 0;

  const readNow = (path: string): KernelText => {
    const fd = openSync(path, 'r');
    try {
      return readInto(fd);
    } finally {
      closeSync(fd);
    }
  };
  const hold = (slot: Slot, fd: number): void => {
    slot.fd = fd;
    const equals = held[slot.rank] ?? new Set();
    held[slot.rank] = equals.add(slot);
    open += 1;
  };
  const letGo = (slot: Slot): void => {
    // A descriptor closed twice may be another file's by then.
    if (slot.fd === undefined) return;
    closeSync(slot.fd);
    slot.fd = undefined;
    held[slot.rank]?.delete(slot);
    open -= 1;
  };
  /** The file that matters least, if it matters less than `rank`. */
  const leastOfAll = (rank: number): Slot | undefined => {
    for (let at = held.length - 1; at > rank; at -= 1) for (const slot of held[at] ?? []) return slot;
    return undefined;
  };
  const read = (slot: Slot): KernelText => {
    if (slot.fd === undefined && open < maxOpen) hold(slot, openSync(slot.path, 'r'));
    return slot.fd === undefined ? readNow(slot.path) : readInto(slot.fd);
  };

  return {
    open(path, rank = 0) {
      const fd = openSync(path, 'r');
      const slot: Slot = { path, rank, fd: undefined };
      const victim = open < maxOpen ? undefined : leastOfAll(rank);
      if (victim !== undefined) letGo(victim);
      if (open < maxOpen) hold(slot, fd);
      else closeSync(fd);
      slots.add(slot);
      return {
        read: () => read(slot),
        close() {
          letGo(slot);
          slots.delete(slot);
        },
      };
    },
    readNow,
    counts: () => ({ open, reopened: slots.size - open }),
  };
}

/** Reads any file into one buffer, again and again. */
function createReader(): (fd: number) => KernelText {
  const text: KernelText = { bytes: new Uint8Array(FIRST_BUFFER_BYTES), length: 0 };
  return (fd) => {
    text.length = 0;
    for (;;) {
      if (text.length === text.bytes.length) growBuffer(text);
      const count = readSync(fd, text.bytes, text.length, text.bytes.length - text.length, text.length);
      text.length += count;
      if (count === 0 || text.length < SURELY_WHOLE_BYTES) return text;
    }
  };
}

function growBuffer(text: KernelText): void {
  if (text.length >= LARGEST_BUFFER_BYTES) throw new Error('the file is larger than 4 MiB');
  const larger = new Uint8Array(text.length * 4);
  larger.set(text.bytes);
  text.bytes = larger;
}

const DEFAULT_LIMIT = 1_024;

/** Four fifths of the files that this process may have open: the rest is for connections. */
export function openFileBudget(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return Math.floor(Number(soft ?? DEFAULT_LIMIT) * 0.8);
}
