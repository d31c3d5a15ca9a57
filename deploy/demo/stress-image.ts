/** The demo's image: a static busybox and the script in docker/stress. */
import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { busyboxFiles } from './busybox.ts';
import { loadLocalImage } from './local-image.ts';

/** The environment variable that tells a replica where to pull work: the work server's `url`. */
export const WORK_URL_VARIABLE = 'WORK_URL';

/** The image's id in that engine. @param busyboxPath one that is linked statically */
export async function loadStressImage(docker: Docker, busyboxPath: string): Promise<string> {
  return await loadLocalImage(docker, {
    name: 'micado-stress',
    files: [
      ...(await busyboxFiles(busyboxPath)),
      { kind: 'file', path: 'stress.sh', mode: 0o755, content: await readStressScript() },
    ],
    command: ['sh', '/stress.sh'],
  });
}

async function readStressScript(): Promise<Buffer> {
  const path = 'docker/stress/stress.sh';
  // dist/ lies one folder deeper than the sources.
  return await readFile(new URL(`../../${path}`, import.meta.url)).catch(() =>
    readFile(new URL(`../../../${path}`, import.meta.url)),
  );
}
