/** This machine's node and the libraries that it is linked with, for a guest that cannot fetch them. */
import { basename } from 'node:path';
import { run } from '../cluster/command.ts';

const LIBRARIES = 'lib';
const LOADER = /^ld-linux/;

export type NodeFiles = {
  /** Where they lie on this machine, by their paths in a folder of the guest's. */
  readonly files: Readonly<Record<string, string>>;
  /** What starts node from that folder; the script and its arguments follow. */
  command(folder: string): readonly string[];
};

/** It brings the loader along too: the C library must be that of this machine. */
export async function nodeFiles(): Promise<NodeFiles> {
  const linked = (await run('ldd', [process.execPath])).match(/\/\S+/g) ?? [];
  const loader = linked.map((path) => basename(path)).find((name) => LOADER.test(name));
  if (loader === undefined) throw new Error(`${process.execPath} names no loader`);
  return {
    files: {
      node: process.execPath,
      ...Object.fromEntries(linked.map((path) => [`${LIBRARIES}/${basename(path)}`, path])),
    },
    command: (folder) => [
      `${folder}/${LIBRARIES}/${loader}`,
      '--library-path',
      `${folder}/${LIBRARIES}`,
      `${folder}/node`,
    ],
  };
}
