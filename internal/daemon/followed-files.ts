/**
 * A setting that is made of files: read at once, and read again when one of them changes. While they are broken, what they
 * said last holds.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError, describeError } from './app-error.ts';

export type FileSet = {
  /** The file that names the others. */
  readonly text: string;
  /** A file that it names, relative to it. */
  read(name: string): Buffer;
  fail(problem: string): never;
};

export type FollowedFiles<T> = {
  /** As the files say now. */
  current(): T;
};

export type FollowOptions<T> = {
  /** What the file is, for messages: `web config file`. */
  readonly what: string;
  readonly path: string;
  parse(files: FileSet): T;
  /** The files were changed, and are wrong now. */
  onProblem(message: string): void;
};

/** Throws `AppError` invalid when the files are wrong at the start. */
export function followFiles<T>(options: FollowOptions<T>): FollowedFiles<T> {
  let loaded = load(options);
  let stamp = stampOf(loaded.paths);
  return {
    current() {
      const now = stampOf(loaded.paths);
      if (now === stamp) return loaded.value;
      stamp = now;
      try {
        loaded = load(options);
        stamp = stampOf(loaded.paths);
      } catch (error) {
        options.onProblem(describeError(error));
      }
      return loaded.value;
    },
  };
}

function load<T>({ what, path, parse }: FollowOptions<T>): {
  readonly value: T;
  readonly paths: readonly string[];
} {
  const paths = [path];
  const fail = (problem: string): never => {
    throw new AppError('invalid', `${what} ${path}: ${problem}`);
  };
  const readPath = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (error) {
      return fail(describeError(error));
    }
  };
  const read = (name: string): Buffer => {
    const file = resolve(dirname(path), name);
    paths.push(file);
    return readPath(file);
  };
  return { value: parse({ text: readPath(path).toString('utf8'), read, fail }), paths };
}

function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'gone' : `${stat.mtimeMs}/${stat.size}/${stat.ino}`;
    })
    .join(' ');
}
