/**
 * The files of one container as functions that give figures. A collector says once which figures it wants; a file that
 * this kernel does not have, cannot be read now or makes no sense gives NaN, so no collector handles failures. Only the
 * end of the container comes out, as the system error that `isGone` knows.
 */
import { systemErrorCode } from '../internal/daemon/app-error.ts';
import type { Controller } from './core/cgroup-mounts.ts';
import { ascii, type KernelText, parseKeyed, parseNumber, parseNumberRow } from './core/kernel-text.ts';
import type { CgroupLocation, KernelFile, KernelFiles } from './ports.ts';

export type CgroupFiles = {
  readonly location: CgroupLocation;
  /** The version that holds for a controller; undefined where this machine does not have it. */
  version(controller: Controller): 1 | 2 | undefined;
  /** A file of one number. */
  number(controller: Controller, file: string): () => number;
  /** A file of lines `key value`; the array is the same at each call. */
  keyed(controller: Controller, file: string, keys: readonly string[]): () => Float64Array;
  /** Any other file, the first of these names that is there; empty where it cannot be read now. */
  text(controller: Controller, ...names: readonly string[]): () => KernelText;
  /** A file that `parse` reads into something; false where it cannot be read now or makes no sense. */
  parsed<T>(
    controller: Controller,
    file: string,
    parse: (text: KernelText, into: T) => boolean,
  ): (into: T) => boolean;
  /** A file of the first process, by its name under `/proc/<pid>`. */
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

export function createCgroupFiles(
  location: CgroupLocation,
  files: KernelFiles,
  onProblem: () => void,
  rank = 0,
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

  return {
    location,
    version: (controller) => location.folders[controller]?.version,
    text: (controller, ...names) => reader(pathsOf(controller, names)),
    processText: (file) =>
      reader(location.processFolder === undefined ? [] : [`${location.processFolder}/${file}`]),
    number(controller, file) {
      const read = reader(pathsOf(controller, [file]));
      return () => {
        const text = read();
        const value = parseNumber(text);
        if (Number.isNaN(value) && text !== NOTHING) onProblem();
        return value;
      };
    },
    keyed(controller, file, keys) {
      const read = reader(pathsOf(controller, [file]));
      const words = keys.map(ascii);
      const values = new Float64Array(keys.length);
      return () => {
        const text = read();
        if (!parseKeyed(text, words, values) && text !== NOTHING) onProblem();
        return values;
      };
    },
    parsed(controller, file, parse) {
      const read = reader(pathsOf(controller, [file]));
      return (into) => {
        const text = read();
        const sound = parse(text, into);
        if (!sound && text !== NOTHING) onProblem();
        return sound;
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
