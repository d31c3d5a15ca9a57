/**
 * The files of one container as functions that give figures. A collector says once which figures it wants; a file that
 * this kernel does not have, cannot be read now or makes no sense gives NaN, so no collector handles failures. Only the
 * end of the container comes out, as the system error that `isGone` knows.
 */
import { systemErrorCode } from '../internal/daemon/app-error.ts';
import type { Controller } from './core/cgroup-mounts.ts';
import {
  ascii,
  countLines,
  type KernelText,
  parseKeyed,
  parseNumber,
  parseNumberRow,
} from './core/kernel-text.ts';
import type { CgroupLocation, KernelFile, KernelFiles } from './ports.ts';
import { NEVER_RESTS } from './pulse.ts';

export type CgroupFiles = {
  readonly location: CgroupLocation;
  /** The version that holds for a controller; undefined where this machine does not have it. */
  version(controller: Controller): 1 | 2 | undefined;
  /** A file of one number. */
  number(controller: Controller, file: string): () => number;
  /** A file of lines `key value`; the array is the same at each call. */
  keyed(controller: Controller, file: string, keys: readonly string[]): () => Float64Array;
  /** A file that `parse` reads into `into`; false where it cannot be read now or makes no sense. */
  parsed<T>(
    controller: Controller,
    file: string,
    into: T,
    parse: (text: KernelText, into: T) => boolean,
  ): () => boolean;
  /** The number of lines of a file; 0 where it cannot be read now. */
  lines(controller: Controller, file: string): () => number;
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
  { rank = 0, beat = NEVER_RESTS }: CgroupFilesOptions = {},
): CgroupFiles {
  const opened: KernelFile[] = [];
  const pathsOf = (controller: Controller, names: readonly string[]): readonly string[] => {
    const folder = location.folders[controller]?.folder;
    return folder === undefined ? [] : names.map((name) => `${folder}/${name}`);
  };
  /** Undefined where this kernel has no such file, or we may not read it. */
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      if (!isGone(error) && systemErrorCode(error) !== SWITCHED_OFF) onProblem();
      return undefined;
    }
  };
  const openFirst = (paths: readonly string[]): KernelFile | undefined => {
    for (const path of paths) {
      const file = attempt(() => files.open(path, rank));
      if (file === undefined) continue;
      opened.push(file);
      return file;
    }
    return undefined;
  };
  const reader = (paths: readonly string[]): (() => KernelText) => {
    const file = openFirst(paths);
    if (file === undefined) return () => NOTHING;
    return () => {
      try {
        return file.read();
      } catch (error) {
        if (isGone(error) || systemErrorCode(error) === undefined) throw error;
        if (systemErrorCode(error) !== SWITCHED_OFF) onProblem();
        return NOTHING;
      }
    };
  };

  /** What made no sense or could not be read is tried again at each call. */
  const whenChanged = (
    [controller, file]: readonly [Controller, string],
    parse: (text: KernelText) => boolean,
  ): (() => boolean) => {
    const read = reader(pathsOf(controller, [file]));
    let readAt = Number.NaN;
    return () => {
      const now = beat();
      if (now === readAt) return true;
      const text = read();
      const sound = parse(text);
      if (!sound && text !== NOTHING) onProblem();
      readAt = sound ? now : Number.NaN;
      return sound;
    };
  };

  return {
    location,
    version: (controller) => location.folders[controller]?.version,
    text: (controller, ...names) => reader(pathsOf(controller, names)),
    processText: (file) =>
      reader(location.processFolder === undefined ? [] : [`${location.processFolder}/${file}`]),
    number(controller, file) {
      let value = Number.NaN;
      const read = whenChanged([controller, file], (text) => {
        value = parseNumber(text);
        return !Number.isNaN(value);
      });
      return () => {
        read();
        return value;
      };
    },
    keyed(controller, file, keys) {
      const words = keys.map(ascii);
      const values = new Float64Array(keys.length);
      const read = whenChanged([controller, file], (text) => parseKeyed(text, words, values));
      return () => {
        read();
        return values;
      };
    },
    parsed: (controller, file, into, parse) => whenChanged([controller, file], (text) => parse(text, into)),
    lines(controller, file) {
      let count = 0;
      const read = whenChanged([controller, file], (text) => {
        count = countLines(text);
        return true;
      });
      return () => {
        read();
        return count;
      };
    },
    numbersNow(controller, file, count) {
      const values = new Float64Array(count);
      const [path = ''] = pathsOf(controller, [file]);
      parseNumberRow(attempt(() => files.readNow(path)) ?? NOTHING, values);
      return values;
    },
    close() {
      for (const file of opened) file.close();
    },
  };
}
