/** The images of docker/, made as its README says where no registry can be reached. */
import { join } from 'node:path';
import { run } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { findBusybox } from '../../cluster/images.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';

export const IMAGE_NAMES = ['rulegen', 'exporter', 'executor'] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

export const imageTag = (name: ImageName, version: string): string => `micado/${name}:${version}`;

const BUILD_WITHIN_MS = 240_000;
const OFFLINE = join(PROJECT_ROOT, 'docker/offline/program-image.sh');
const BUSYBOX_IMAGE = 'micado-offline/busybox';
/** This machine's Node.js, and what it is linked with. */
export const BASE_IMAGE = 'micado-offline/node';

/** What the images are built on, made of this machine's programs. */
export async function loadBases(engine: Engine): Promise<void> {
  await programImage(engine, BUSYBOX_IMAGE, [await findBusybox()]);
  await programImage(engine, BASE_IMAGE, [process.execPath]);
}

/** Builds from `dist/bin`, with no network; a further version of the same differs in its labels only. */
export async function buildImages(engine: Engine, version: string): Promise<void> {
  await run('sh', [join(PROJECT_ROOT, 'docker/build-images.sh'), '--network', 'none', '--quiet'], {
    withinMs: BUILD_WITHIN_MS,
    // Debian's engine has no BuildKit client beside it.
    env: {
      DOCKER_HOST: engine.dockerHost,
      DOCKER_BUILDKIT: '0',
      MICADO_VERSION: version,
      BASE_IMAGE,
      BUSYBOX_IMAGE,
    },
  });
}

/** Debian's Prometheus and Alertmanager, unpacked by `npm test`, under the names that the stack asks for. */
export async function loadMonitoring(
  engine: Engine,
  tags: { readonly prometheus: string; readonly alertmanager: string },
): Promise<void> {
  const cache = join(PROJECT_ROOT, '.test-cache');
  await programImage(engine, tags.prometheus, [join(cache, 'prometheus/usr/bin/prometheus')], '/prometheus');
  const alertmanager = join(cache, 'prometheus-alertmanager');
  const program = [
    join(alertmanager, 'usr/bin/prometheus-alertmanager'),
    `${join(alertmanager, 'usr/share')}:/usr/share`,
  ];
  await programImage(engine, tags.alertmanager, program, '/alertmanager');
}

async function programImage(
  engine: Engine,
  tag: string,
  programAndFolders: readonly string[],
  dataFolder = '',
): Promise<void> {
  await run('sh', [OFFLINE, tag, ...programAndFolders], {
    withinMs: BUILD_WITHIN_MS,
    env: { DOCKER_HOST: engine.dockerHost, DATA_FOLDER: dataFolder },
  });
}

/** `docker save | docker load`. */
export async function copyImages(from: Engine, to: Engine, tags: readonly string[]): Promise<void> {
  const pipe = 'from=$1 to=$2; shift 2; docker --host "$from" save "$@" | docker --host "$to" load --quiet';
  await run('sh', ['-c', pipe, 'sh', from.dockerHost, to.dockerHost, ...tags], {
    withinMs: BUILD_WITHIN_MS,
  });
}
