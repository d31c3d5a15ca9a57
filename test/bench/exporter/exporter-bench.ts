/** `npm run bench -- exporter`. */
import { durationFlag, integerFlag, switchFlag } from '../../../internal/daemon/flag-kinds.ts';
import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { type BenchOptions, defineBench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { compareWithCadvisor } from './compare-with-cadvisor.ts';
import { measureFixtureSeries } from './fixture-series.ts';
import { measureFullNode } from './full-node.ts';
import { measureIdle, measureScrapes } from './real-containers.ts';
import { startSleepers } from './sleepers.ts';

const flags = {
  containers: integerFlag({ help: 'The largest number of real containers.', min: 10, fallback: 300 }),
  rounds: integerFlag({ help: 'How many scrapes each median is of.', min: 3, fallback: 25 }),
  window: durationFlag({
    help: 'How long to look at the exporter at rest, and at one scrape per 15 s.',
    minMs: 15_000,
    fallback: 60_000,
  }),
  real: switchFlag({
    help: 'Measure real containers on an engine of the bench’s own (root).',
    fallback: true,
  }),
  cadvisor: switchFlag({ help: 'Compare with cAdvisor, which is fetched.', fallback: true }),
  fixture: switchFlag({ help: 'Measure up to 1,000 containers of a fixture.', fallback: true }),
  full: switchFlag({ help: 'Measure a node whose cores are all busy.', fallback: true }),
};

export const exporterBench = defineBench({
  name: 'exporter',
  summary: 'Scrapes of up to 300 real containers and 1,000 of a fixture, beside the floor and cAdvisor.',
  flags,
  run: runExporterBench,
});

const SIZES = [10, 100];

export async function runExporterBench(options: BenchOptions<typeof flags>): Promise<readonly Figure[]> {
  const { flags: chosen, progress } = options;
  const figures: Figure[] = [];
  if (chosen.fixture) figures.push(...(await measureFixtureSeries({ rounds: chosen.rounds, progress })));
  if (chosen.real) figures.push(...(await measureRealContainers(options)));
  return figures;
}

async function measureRealContainers(options: BenchOptions<typeof flags>): Promise<readonly Figure[]> {
  const { flags: chosen, progress, signal } = options;
  const { containers: most, rounds, window: windowMs } = chosen;
  const figures: Figure[] = [];
  await using engine = await startEngine({ swarm: 'none' });
  const image = await loadBusybox(engine);
  let running = 0;
  for (const count of [...SIZES.filter((size) => size < most), most]) {
    signal.throwIfAborted();
    progress(`starting containers ${running + 1} to ${count}`);
    await startSleepers(engine, image, running, count);
    running = count;
    figures.push(...(await measureScrapes({ engine, count, rounds, windowMs, progress })));
  }
  const all = { engine, image, count: running, rounds, windowMs, progress };
  figures.push(...(await measureIdle(all)));
  if (chosen.cadvisor) figures.push(...(await compareWithCadvisor(all)));
  if (chosen.full) figures.push(...(await measureFullNode(all)));
  return figures;
}
