/** Images for tests, made from Debian's static busybox: they start at once and offline. */
import { access, mkdir, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { busyboxFiles } from '../../deploy/demo/busybox.ts';
import { loadLocalImage } from '../../deploy/demo/local-image.ts';
import { loadStressImage } from '../../deploy/demo/stress-image.ts';
import { run } from './command.ts';
import type { Engine } from './engine.ts';
import { PROJECT_ROOT } from './project-root.ts';

/** The id of an image with a shell in it, whose containers sleep until they are stopped. */
export async function loadBusybox(engine: Pick<Engine, 'docker'>): Promise<string> {
  return await loadLocalImage(engine.docker, {
    name: 'micado-busybox',
    files: await busyboxFiles(await findBusybox()),
    // As pid 1 the shell ignores signals that it does not trap.
    command: ['sh', '-c', 'trap exit TERM; while true; do sleep 1000 & wait $!; done'],
  });
}

/** The id of the demo's image, whose replicas burn the CPU time that a work server hands out. */
export async function loadStress(engine: Engine): Promise<string> {
  return await loadStressImage(engine.docker, await findBusybox());
}

const CACHE = join(PROJECT_ROOT, '.test-cache');

/** From MICADO_TEST_BIN, the path or the cache, into which Debian's package is fetched once. */
export async function findBusybox(): Promise<string> {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const fetched = join(CACHE, 'busybox');
  const folders = [process.env['MICADO_TEST_BIN'] ?? '', ...path, join(CACHE, 'bin'), join(fetched, 'bin')];
  for (const folder of folders) {
    const file = join(folder, 'busybox');
    if (folder !== '' && (await isThere(file)) && (await isStatic(file))) return file;
  }
  await mkdir(fetched, { recursive: true });
  await run('apt-get', ['download', 'busybox-static'], { folder: fetched, withinMs: 60_000 });
  const archive = (await readdir(fetched)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download busybox-static left no package');
  await run('dpkg-deb', ['-x', join(fetched, archive), fetched]);
  return join(fetched, 'bin', 'busybox');
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A busybox that needs shared libraries does not run in an image that has none. */
async function isStatic(path: string): Promise<boolean> {
  return await run('ldd', [path]).then(
    () => false,
    () => true,
  );
}
