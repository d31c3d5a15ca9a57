/**
 * Kernel files by descriptors that stay open: reading one again costs a microsecond, opening it fifty. When the budget is
 * used up, the file of the highest rank gives its descriptor to one of a lower rank and is opened for each read from then
 * on, until there is room again.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { KernelText } from '../core/kernel-text.ts';
import type { KernelFile, KernelFiles } from '../ports.ts';

const FIRST_BUFFER_BYTES = 16_384;
const LARGEST_BUFFER_BYTES = 4 * 1024 * 1024;
/** Files of several records come a page at a time; a shorter answer is all there is. */
const SURELY_WHOLE_BYTES = 3_584;

export function createCachedKernelFiles(maxOpen: number): KernelFiles {
  const descriptors = new Descriptors(maxOpen);
  return {
    open: (folder, name, rank = 0) => descriptors.open(folder, name, rank),
    readNow: (path) => descriptors.readNow(path),
    counts: () => descriptors.counts(),
  };
}

/**
 * A file that somebody reads again and again, held open or not. A class, because there are thousands; the path is in two
 * parts, because a folder's is long and all files in it share it.
 */
class CachedFile implements KernelFile {
  readonly rank: number;
  fd: number | undefined;
  closed = false;
  readonly #descriptors: Descriptors;
  readonly #folder: string;
  readonly #name: string;

  constructor(descriptors: Descriptors, folder: string, name: string, rank: number) {
    this.#descriptors = descriptors;
    this.#folder = folder;
    this.#name = name;
    this.rank = rank;
  }

  get path(): string {
    return `${this.#folder}/${this.#name}`;
  }

  read(): KernelText {
    return this.#descriptors.read(this);
  }

  close(): void {
    this.#descriptors.close(this);
  }
}

/** Who has a descriptor and who has none. */
class Descriptors {
  readonly #maxOpen: number;
  readonly #readInto = createReader();
  /** Files that are open, by their rank. */
  readonly #held: Set<CachedFile>[] = [];
  #open = 0;
  #wanted = 0;

  constructor(maxOpen: number) {
    this.#maxOpen = maxOpen;
  }

  counts(): { readonly open: number; readonly reopened: number } {
    return { open: this.#open, reopened: this.#wanted - this.#open };
  }

  open(folder: string, name: string, rank: number): CachedFile {
    const file = new CachedFile(this, folder, name, rank);
    const fd = openSync(file.path, 'r');
    const victim = this.#hasRoom() ? undefined : this.#leastOfAll(rank);
    if (victim !== undefined) this.#letGo(victim);
    if (this.#hasRoom()) this.#hold(file, fd);
    else closeSync(fd);
    this.#wanted += 1;
    return file;
  }

  read(file: CachedFile): KernelText {
    if (file.fd === undefined && this.#hasRoom()) this.#hold(file, openSync(file.path, 'r'));
    return file.fd === undefined ? this.readNow(file.path) : this.#readInto(file.fd);
  }

  readNow(path: string): KernelText {
    const fd = openSync(path, 'r');
    try {
      return this.#readInto(fd);
    } finally {
      closeSync(fd);
    }
  }

  close(file: CachedFile): void {
    if (file.closed) return;
    file.closed = true;
    this.#letGo(file);
    this.#wanted -= 1;
  }

  #hasRoom(): boolean {
    return this.#open < this.#maxOpen;
  }

  #hold(file: CachedFile, fd: number): void {
    file.fd = fd;
    const equals = this.#held[file.rank] ?? new Set();
    this.#held[file.rank] = equals.add(file);
    this.#open += 1;
  }

  #letGo(file: CachedFile): void {
    // A descriptor closed twice may be another file's by then.
    if (file.fd === undefined) return;
    closeSync(file.fd);
    file.fd = undefined;
    this.#held[file.rank]?.delete(file);
    this.#open -= 1;
  }

  /** The file that matters least, if it matters less than `rank`. */
  #leastOfAll(rank: number): CachedFile | undefined {
    for (let at = this.#held.length - 1; at > rank; at -= 1)
      for (const file of this.#held[at] ?? []) return file;
    return undefined;
  }
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
