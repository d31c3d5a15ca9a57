/** Scrapes of real containers against the floor, and what the exporter needs when nobody scrapes it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../cluster/engine.ts';
import { atMost, below, type Figure, informing, median } from '../figure.ts';
import { cpuMsOf, residentMbOf } from '../process-usage.ts';
import { besideEngine, startExporterSubject } from './exporter-subject.ts';
import { kernelFilesOf, startFloor } from './floor.ts';
import { sampleValue } from './scrape-client.ts';
import { createStirring } from './stir-sleepers.ts';
import { costOfScrape, medianOf, type ScrapeCost, type Subject } from './subject.ts';

export type RealContainers = {
  readonly engine: Engine;
  /** How many run. */
  readonly count: number;
  readonly rounds: number;
  /** For what needs time to be seen: the CPU time at rest, and over some scrapes at Prometheus' usual interval. */
  readonly windowMs: number;
  progress(line: string): void;
};

/** Memory goals by the number of containers. */
const RSS_GOAL_MB: Readonly<Record<number, number>> = { 10: 60, 300: 70 };

export async function measureScrapes(options: RealContainers): Promise<readonly Figure[]> {
  const { engine, count, rounds, progress } = options;
  await using subject = await startExporterSubject(besideEngine(engine), count);
  await using floor = await startFloor(kernelFilesOf(subject.pid));
  progress(`${count} containers: ${rounds} scrapes and as many passes over the same ${floor.files} files`);
  const passesMs: number[] = [];
  const passOnce = async (): Promise<void> => void passesMs.push(await floor.passMs());
  const plain = await scrapeTimes(rounds, subject, passOnce);
  const stir = await createStirring(engine);
  const active = await scrapeTimes(rounds, subject, stir);
  const zipped: ScrapeCost[] = [];
  let mostResidentMb = residentMbOf(subject.pid);
  for (let round = 0; round < rounds; round += 1) {
    zipped.push(await costOfScrape(subject, 'gzip'));
    mostResidentMb = Math.max(mostResidentMb, residentMbOf(subject.pid));
  }
  const rss = { name: `rss_mb_n${count}`, value: mostResidentMb, unit: 'MB' };
  const rssGoal = RSS_GOAL_MB[count];
  return [
    informing({ name: `floor_ms_n${count}`, value: median(passesMs), unit: 'ms' }),
    ...workFigures('', count, plain, passesMs),
    // The floor reads the same files, whatever they say.
    ...workFigures('active_', count, active, passesMs),
    informing({ name: `scrape_wall_ms_n${count}`, value: medianOf(plain, 'wallMs'), unit: 'ms' }),
    informing({ name: `scrape_gzip_cpu_ms_n${count}`, value: medianOf(zipped, 'cpuMs'), unit: 'ms' }),
    informing({ name: `scrape_bytes_n${count}`, value: plain.at(-1)?.body.length ?? Number.NaN }),
    rssGoal === undefined ? informing(rss) : atMost(rssGoal, rss),
  ];
}

async function scrapeTimes(
  rounds: number,
  subject: Subject,
  before: () => Promise<void>,
): Promise<readonly ScrapeCost[]> {
  const costs: ScrapeCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await before();
    costs.push(await costOfScrape(subject));
  }
  return costs;
}

/** Of fewer, the figures of the machine and of the exporter itself are most of the work, and the floor has none of these. */
const FEW = 100;

/** @param kind of sleepers at rest, or of such that have all used CPU time since the scrape before */
function workFigures(
  kind: '' | 'active_',
  count: number,
  costs: readonly ScrapeCost[],
  passesMs: readonly number[],
): readonly Figure[] {
  // The exporter says how long the scrape before took: from the first file read to the last byte of the text.
  const workMs = costs
    .slice(1)
    .map(({ body }) => sampleValue(body, 'micado_exporter_scrape_duration_seconds') * 1_000);
  const name = `${kind}read_parse_render`;
  const overFloor = { name: `${name}_over_floor_n${count}`, value: median(workMs) / median(passesMs) };
  return [
    informing({ name: `${name}_ms_n${count}`, value: median(workMs), unit: 'ms' }),
    count < FEW ? informing(overFloor) : atMost(2, overFloor),
    informing({ name: `${kind}scrape_cpu_ms_n${count}`, value: medianOf(costs, 'cpuMs'), unit: 'ms' }),
  ];
}

/** Who was busy comes to rest: about a minute later V8 gives back what it does not need any more, once. */
const SETTLE_MS = 75_000;

/** The share of a core that the exporter uses when nobody scrapes it. */
export async function measureIdle({
  engine,
  count,
  windowMs,
  progress,
}: RealContainers): Promise<readonly Figure[]> {
  await using subject = await startExporterSubject(besideEngine(engine), count);
  await delay(SETTLE_MS);
  progress(`${count} containers: ${windowMs / 1_000} s without a scrape`);
  const before = cpuMsOf(subject.pid);
  await delay(windowMs);
  const percent = ((cpuMsOf(subject.pid) - before) / windowMs) * 100;
  return [below(0.05, { name: 'idle_cpu_percent', value: percent, unit: '%' })];
}
