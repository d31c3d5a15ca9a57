/** A static busybox of this machine, and the files of an image that has nothing else in it. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUSYBOX_PACKAGE, fetchTools } from '../adapters/debian-packages.ts';
import type { CommandRunner, Progress } from '../ports.ts';
import type { TarEntry } from './core/tar.ts';

const APPLETS = [
  'sh',
  'sleep',
  'wget',
  'cat',
  'dd',
  'hostname',
  'httpd',
  'kill',
  'ls',
  'nc',
  'ps',
  'rm',
  'true',
];

export async function busyboxFiles(busyboxPath: string): Promise<readonly TarEntry[]> {
  return [
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: await readFile(busyboxPath) },
    ...APPLETS.map(
      (name): TarEntry => ({ kind: 'link', path: `bin/${name}`, mode: 0o777, target: 'busybox' }),
    ),
  ];
}

export type BusyboxSearch = {
  readonly runner: CommandRunner;
  /** A folder that is looked at first; empty for none. */
  readonly binFolder: string;
  /** Where fetched packages are unpacked. */
  readonly packagesFolder: string;
  readonly progress: Progress;
};

/** The path of one that is there, else of Debian's, fetched into the packages folder. */
export async function findStaticBusybox(search: BusyboxSearch): Promise<string> {
  const { runner, binFolder, packagesFolder, progress } = search;
  const there = [binFolder === '' ? undefined : join(binFolder, 'busybox'), runner.find('busybox')];
  for (const path of there) if (path !== undefined && (await isStatic(runner, path))) return path;
  return join(await fetchTools(runner, packagesFolder, [BUSYBOX_PACKAGE], progress), 'busybox');
}

/** One that needs shared libraries does not run in an image without them; for the others `ldd` fails. */
async function isStatic(runner: CommandRunner, path: string): Promise<boolean> {
  try {
    await access(path);
  } catch {
    return false;
  }
  return await runner.run('ldd', [path]).then(
    () => false,
    () => true,
  );
}
