/** This machine's node and the libraries that it is linked with, for a guest that cannot fetch them. */
import { basename } from 'node:path';
import { run } from '../cluster/command.ts';
import type { DiscFile } from './disc.ts';

const LIBRARIES = 'lib';
const LOADER = /^ld-linux/;

export type NodeFiles = {
  /** By their paths on a disc. */
  readonly files: Readonly<Record<string, DiscFile>>;
  /** What starts node where the disc is mounted; the script and its arguments follow. */
  command(mountPoint: string): readonly string[];
};

/** It brings the loader along too: the C library must be that of this machine. */
export async function nodeFiles(): Promise<NodeFiles> {
  const linked = (await run('ldd', [process.execPath])).match(/\/\S+/g) ?? [];
  const loader = linked.map((path) => basename(path)).find((name) => LOADER.test(name));
  if (loader === undefined) throw new Error(`${process.execPath} names no loader`);
  return {
    files: {
      node: { copyOf: process.execPath },
      ...Object.fromEntries(linked.map((path) => [`${LIBRARIES}/${basename(path)}`, { copyOf: path }])),
    },
    command: (mountPoint) => [
      `${mountPoint}/${LIBRARIES}/${loader}`,
      '--library-path',
      `${mountPoint}/${LIBRARIES}`,
      `${mountPoint}/node`,
    ],
  };
}
