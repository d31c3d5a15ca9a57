/** Debian's HAProxy as an image: the program that `npm test` fetched, the libraries that it is linked with, and busybox. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { busyboxFiles } from '../../../deploy/demo/busybox.ts';
import type { TarEntry } from '../../../deploy/demo/core/tar.ts';
import { type LocalImage, loadLocalImage } from '../../../deploy/demo/local-image.ts';
import type { Engine } from '../../cluster/engine.ts';
import { findBusybox } from '../../cluster/images.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { packageLibraries } from './package-libraries.ts';

const PACKAGE = join(PROJECT_ROOT, '.test-cache/haproxy');
/** Needs `haproxyEnvironment`. */
export const haproxyProgram = join(PACKAGE, 'usr/sbin/haproxy');

/** The name by which `load-balancer.stack.yaml` asks for it. */
const TAG = { repo: 'haproxy', tag: '2.6' } as const;

export async function loadHaproxy(engine: Engine): Promise<void> {
  const id = await loadLocalImage(engine.docker, await haproxyImage());
  await engine.docker.getImage(id).tag(TAG);
}

async function haproxyImage(): Promise<LocalImage> {
  return {
    name: 'micado-haproxy',
    files: [
      ...(await busyboxFiles(await findBusybox())),
      fileOf('bin/haproxy', haproxyProgram),
      ...librariesOf().map((path) => fileOf(placeOf(path), path)),
    ],
    command: ['haproxy', '-v'],
  };
}

const fileOf = (path: string, source: string): TarEntry => ({
  kind: 'file',
  path,
  mode: 0o755,
  content: readFileSync(source),
});

/** The loader has to lie where the program says, the others where the loader looks. */
const placeOf = (path: string): string =>
  basename(path).startsWith('ld-linux') ? path.slice(1) : `lib/${basename(path)}`;

function librariesOf(): readonly string[] {
  const listed = execFileSync('ldd', [haproxyProgram], { encoding: 'utf8', env: haproxyEnvironment() });
  const missing = listed.split('\n').filter((line) => line.includes('not found'));
  if (missing.length > 0) throw new Error(`HAProxy lacks${missing.join(',')}: run npm test`);
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}

/** What the program needs where it runs as it was unpacked. */
export const haproxyEnvironment = (): { readonly LD_LIBRARY_PATH: string } => ({
  LD_LIBRARY_PATH: packageLibraries(PACKAGE),
});
