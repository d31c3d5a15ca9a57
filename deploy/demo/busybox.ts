/** The files of an image that has nothing but a static busybox in it. */
import { readFile } from 'node:fs/promises';
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
