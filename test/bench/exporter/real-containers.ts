/** Scrapes of real containers against the floor, and what the exporter needs when nobody scrapes it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../cluster/engine.ts';
import { atMost, below, type Figure, informing, median } from '../figure.ts';
import { cpuMsOf, residentMbOf } from '../process-usage.ts';
import { besideEngine, startExporterSubject } from './exporter-subject.ts';
import { kernelFilesOf, startFloor } from './floor.ts';
import { sampleValue } from './scrape-client.ts';
import { costOfScrape, medianOf, type ScrapeCost } from './subject.ts';

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
  const workMs: number[] = [];
  const plain: ScrapeCost[] = [];
  const zipped: ScrapeCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    passesMs.push(await floor.passMs());
    const cost = await costOfScrape(subject);
    // The exporter says how long the scrape before took: from the first file read to the last byte of the text.
    if (round > 0) workMs.push(sampleValue(cost.body, 'micado_exporter_scrape_duration_seconds') * 1_000);
    plain.push(cost);
  }
  for (let round = 0; round < rounds; round += 1) zipped.push(await costOfScrape(subject, 'gzip'));
  const rss = { name: `rss_mb_n${count}`, value: residentMbOf(subject.pid), unit: 'MB' };
  const rssGoal = RSS_GOAL_MB[count];
  const overFloor = {
    name: `read_parse_render_over_floor_n${count}`,
    value: median(workMs) / median(passesMs),
  };
  return [
    informing({ name: `floor_ms_n${count}`, value: median(passesMs), unit: 'ms' }),
    informing({ name: `read_parse_render_ms_n${count}`, value: median(workMs), unit: 'ms' }),
    atMost(2, overFloor),
    informing({ name: `scrape_wall_ms_n${count}`, value: medianOf(plain, 'wallMs'), unit: 'ms' }),
    informing({ name: `scrape_cpu_ms_n${count}`, value: medianOf(plain, 'cpuMs'), unit: 'ms' }),
    informing({ name: `scrape_gzip_cpu_ms_n${count}`, value: medianOf(zipped, 'cpuMs'), unit: 'ms' }),
    informing({ name: `scrape_bytes_n${count}`, value: plain.at(-1)?.body.length ?? Number.NaN }),
    rssGoal === undefined ? informing(rss) : atMost(rssGoal, rss),
  ];
}

/** What was warm and busy needs some seconds to come to rest. */
const SETTLE_MS = 3_000;

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
