/** `npm run bench -- images`. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { integerFlag } from '../../../internal/daemon/flag-kinds.ts';
import { packageVersion } from '../../../internal/daemon/program.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import {
  BASE_IMAGE,
  buildImages,
  IMAGE_NAMES,
  imageTag,
  loadBases,
} from '../../real/support/micado-images.ts';
import { type BenchOptions, defineBench } from '../bench.ts';
import { type Figure, informing, median } from '../figure.ts';
import { measureStart } from './container-start.ts';

const flags = {
  rounds: integerFlag({ help: 'How many starts each median is of.', min: 1, fallback: 7 }),
};

export const imagesBench = defineBench({
  name: 'images',
  summary: 'The images of docker/: how large they are, and how long until they answer.',
  flags,
  run: runImagesBench,
});

const PORT = { rulegen: 9096, exporter: 9200, executor: 9095 } as const;
const FLOOR_PORT = 9000;
/** What any container of Node.js costs: it does nothing but answer. */
const FLOOR = `require('node:http').createServer((_, answer) => answer.end()).listen(${FLOOR_PORT})`;

async function runImagesBench(options: BenchOptions<typeof flags>): Promise<readonly Figure[]> {
  const { flags: chosen, progress, signal } = options;
  await using engine = await startEngine();
  progress('building the images offline');
  const version = packageVersion();
  const startedMs = performance.now();
  await loadBases(engine);
  await buildImages(engine, version);
  const base = await sizeMb(engine.docker, BASE_IMAGE);
  const figures = [
    informing({ name: 'build', value: (performance.now() - startedMs) / 1_000, unit: 's' }),
    informing({ name: 'base_size', value: base, unit: 'MB' }),
  ];
  const starts = async (name: string, container: Docker.ContainerCreateOptions, port: number) => {
    progress(`starting ${name} ${chosen.rounds} times`);
    const times: number[] = [];
    while (times.length < chosen.rounds) {
      signal.throwIfAborted();
      times.push(await measureStart(engine, container, port));
    }
    return informing({ name: `${name}_start`, value: median(times), unit: 'ms' });
  };
  figures.push(await starts('floor', { Image: BASE_IMAGE, Cmd: ['-e', FLOOR] }, FLOOR_PORT));
  for (const name of IMAGE_NAMES) {
    const image = imageTag(name, version);
    const own = (await sizeMb(engine.docker, image)) - base;
    figures.push(informing({ name: `${name}_size_over_base`, value: own, unit: 'MB' }));
    figures.push(await starts(name, { Image: image, Env: ['MICADO_RULES_DIR=/rules'] }, PORT[name]));
  }
  return figures;
}

const imageFacts = z.object({ Size: z.number() });

async function sizeMb(docker: Docker, tag: string): Promise<number> {
  const image = await callDocker(`reading image ${tag}`, () => docker.getImage(tag).inspect());
  return imageFacts.parse(image).Size / 1e6;
}
