/**
 * Kernel files by descriptors that stay open: reading one again costs a microsecond, opening it fifty. A file beyond the
 * budget is opened for each read.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { KernelText } from '../core/kernel-text.ts';
import type { KernelFile, KernelFiles } from '../ports.ts';

const FIRST_BUFFER_BYTES = 16_384;
const LARGEST_BUFFER_BYTES = 4 * 1024 * 1024;
/** Files of several records come a page at a time; a shorter answer is all there is. */
const SURELY_WHOLE_BYTES = 3_584;

export function createCachedKernelFiles(maxOpen: number): KernelFiles {
  const text: KernelText = { bytes: new Uint8Array(FIRST_BUFFER_BYTES), length: 0 };
  let open = 0;

  const readInto = (fd: number): KernelText => {
    text.length = 0;
    for (;;) {
      if (text.length === text.bytes.length) growBuffer(text);
      const count = readSync(fd, text.bytes, text.length, text.bytes.length - text.length, text.length);
      text.length += count;
      if (count === 0 || text.length < SURELY_WHOLE_BYTES) return text;
    }
  };
  const readNow = (path: string): KernelText => {
    const fd = openSync(path, 'r');
    try {
      return readInto(fd);
    } finally {
      closeSync(fd);
    }
  };
  const keepOpen = (path: string): KernelFile => {
    const fd = openSync(path, 'r');
    let closed = false;
    open += 1;
    return {
      read: () => readInto(fd),
      close() {
        // A descriptor closed twice may be another file's by then.
        if (closed) return;
        closed = true;
        open -= 1;
        closeSync(fd);
      },
    };
  };
  return {
    open(path) {
      if (open < maxOpen) return keepOpen(path);
      closeSync(openSync(path, 'r'));
      return { read: () => readNow(path), close() {} };
    },
    readNow,
    openCount: () => open,
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
