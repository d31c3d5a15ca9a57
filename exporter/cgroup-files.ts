/**
 * The files of one container as functions that give figures. A collector says once which figures it wants; a file that
 * this kernel does not have, cannot be read now or makes no sense gives NaN, so no collector handles failures. Only the
 * end of the container comes out, as the system error that `isGone` knows.
 */
import { systemErrorCode } from '../internal/daemon/app-error.ts';
import type { Controller } from './core/cgroup-mounts.ts';
import {
  countLines,
  type KernelText,
  type KeyedFormat,
  parseNumber,
  parseNumberRow,
} from './core/kernel-text.ts';
import type { CgroupLocation, KernelFile, KernelFiles } from './ports.ts';
import { NEVER_RESTS } from './pulse.ts';

/** What a file says, read again whenever that may have changed. */
export type Watched<T> = {
  /** The same object at each call, with what the file says now. */
  read(): T;
};

export type Figure = { value: number };

export type CgroupFiles = {
  readonly location: CgroupLocation;
  /** The version that holds for a controller; undefined where this machine does not have it. */
  version(controller: Controller): 1 | 2 | undefined;
  /** A file of one number. */
  number(controller: Controller, file: string): Watched<Figure>;
  /** A file of lines `key value`. */
  keyed(controller: Controller, file: string, format: KeyedFormat): Watched<Float64Array>;
  /** The first of these files that is there, which `parse` reads into `into`: false where it makes no sense. */
  parsed<T>(
    controller: Controller,
    names: readonly string[],
    into: T,
    parse: (text: KernelText, into: T) => boolean,
  ): Watched<T>;
  /** The number of lines of a file; 0 where it cannot be read now. */
  lines(controller: Controller, file: string): Watched<Figure>;
  /** Any other file, the first of these names that is there; empty where it cannot be read now. Read at each call. */
  text(controller: Controller, ...names: readonly string[]): () => KernelText;
  /** A file of the first process, by its name under `/proc/<pid>`. Read at each call. */
  processText(file: string): () => KernelText;
  /** `count` numbers in a row, read now and not kept open: for what hardly ever changes. */
  numbersNow(controller: Controller, file: string, count: number): Float64Array;
  close(): void;
};

/** What a file that cannot be read says. */
const NOTHING: KernelText = { bytes: new Uint8Array(0), length: 0 };

/** What a file says of something that the kernel could do but was told not to, as with `psi=0`. */
const SWITCHED_OFF = 'EOPNOTSUPP';

const GONE_CODES = ['ENODEV', 'ENOENT', 'ESRCH'];

/** ENODEV: the cgroup was removed. ENOENT, ESRCH: so were the file, the process. */
export const isGone = (error: unknown): boolean => GONE_CODES.includes(systemErrorCode(error) ?? '');

export type CgroupFilesOptions = {
  /** The higher, the sooner the files are closed for want of descriptors. */
  readonly rank?: number;
  /** As long as it is the same number, what was read is taken to be so still. */
  beat?(): number;
};

export function createCgroupFiles(
  location: CgroupLocation,
  files: KernelFiles,
  onProblem: () => void,
  options: CgroupFilesOptions = {},
): CgroupFiles {
  return new OpenCgroupFiles(location, files, onProblem, options);
}

/** A class, because there are thousands: methods that each had of its own would cost megabytes. */
class OpenCgroupFiles implements CgroupFiles {
  readonly location: CgroupLocation;
  readonly #kernel: KernelFiles;
  readonly #onProblem: () => void;
  readonly #rank: number;
  readonly #beat: () => number;
  #opened: readonly KernelFile[] = [];

  constructor(
    location: CgroupLocation,
    kernel: KernelFiles,
    onProblem: () => void,
    { rank = 0, beat = NEVER_RESTS }: CgroupFilesOptions,
  ) {
    this.location = location;
    this.#kernel = kernel;
    this.#onProblem = onProblem;
    this.#rank = rank;
    this.#beat = beat;
  }

  version(controller: Controller): 1 | 2 | undefined {
    return this.location.folders[controller]?.version;
  }

  text(controller: Controller, ...names: readonly string[]): () => KernelText {
    const file = this.#openFirst(this.location.folders[controller]?.folder, names);
    return () => this.readNow(file);
  }

  processText(name: string): () => KernelText {
    const file = this.#openFirst(this.location.processFolder, [name]);
    return () => this.readNow(file);
  }

  number(controller: Controller, name: string): Watched<Figure> {
    return this.parsed(controller, [name], { value: Number.NaN }, parseFigure);
  }

  keyed(controller: Controller, name: string, { size, parse }: KeyedFormat): Watched<Float64Array> {
    return this.parsed(controller, [name], new Float64Array(size), parse);
  }

  lines(controller: Controller, name: string): Watched<Figure> {
    return this.parsed(controller, [name], { value: 0 }, countInto);
  }

  parsed<T>(
    controller: Controller,
    names: readonly string[],
    into: T,
    parse: (text: KernelText, into: T) => boolean,
  ): Watched<T> {
    const file = this.#openFirst(this.location.folders[controller]?.folder, names);
    return new WatchedFile(this, file, into, parse);
  }

  numbersNow(controller: Controller, name: string, count: number): Float64Array {
    const values = new Float64Array(count);
    const path = `${this.location.folders[controller]?.folder ?? ''}/${name}`;
    parseNumberRow(this.#attempt(() => this.#kernel.readNow(path)) ?? NOTHING, values);
    return values;
  }

  close(): void {
    for (const file of this.#opened) file.close();
  }

  /** For `WatchedFile`: another number whenever the file may say something else. */
  beat(): number {
    return this.#beat();
  }

  /** For `WatchedFile`: what it read makes no sense. */
  countProblem(): void {
    this.#onProblem();
  }

  readNow(file: KernelFile | undefined): KernelText {
    if (file === undefined) return NOTHING;
    try {
      return file.read();
    } catch (error) {
      if (isGone(error) || systemErrorCode(error) === undefined) throw error;
      if (systemErrorCode(error) !== SWITCHED_OFF) this.#onProblem();
      return NOTHING;
    }
  }

  #openFirst(folder: string | undefined, names: readonly string[]): KernelFile | undefined {
    if (folder === undefined) return undefined;
    for (const name of names) {
      const file = this.#attempt(() => this.#kernel.open(folder, name, this.#rank));
      if (file === undefined) continue;
      // As long as it must be: an array that is pushed to has room for sixteen more.
      this.#opened = this.#opened.concat(file);
      return file;
    }
    return undefined;
  }

  /** Undefined where this kernel has no such file, or we may not read it. */
  #attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      if (!isGone(error) && systemErrorCode(error) !== SWITCHED_OFF) this.#onProblem();
      return undefined;
    }
  }
}

/** A class for the same reason. */
class WatchedFile<T> implements Watched<T> {
  readonly #files: OpenCgroupFiles;
  readonly #file: KernelFile | undefined;
  readonly #into: T;
  readonly #parse: (text: KernelText, into: T) => boolean;
  #readAt = Number.NaN;

  constructor(
    files: OpenCgroupFiles,
    file: KernelFile | undefined,
    into: T,
    parse: (text: KernelText, into: T) => boolean,
  ) {
    this.#files = files;
    this.#file = file;
    this.#into = into;
    this.#parse = parse;
  }

  /** What made no sense or could not be read is tried again at each call. */
  read(): T {
    const now = this.#files.beat();
    if (now === this.#readAt) return this.#into;
    const text = this.#files.readNow(this.#file);
    const sound = this.#parse(text, this.#into);
    if (!sound && text !== NOTHING) this.#files.countProblem();
    this.#readAt = sound && text !== NOTHING ? now : Number.NaN;
    return this.#into;
  }
}

function parseFigure(text: KernelText, into: Figure): boolean {
  into.value = parseNumber(text);
  return !Number.isNaN(into.value);
}

function countInto(text: KernelText, into: Figure): boolean {
  into.value = countLines(text);
  return true;
}
