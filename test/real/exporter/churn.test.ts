/** Containers that come and go while the exporter is scraped five times a second, by this test and by a real Prometheus. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import { eventually } from '../../eventually.ts';
import { type RunningExporter, runExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { activeTargets, queryPrometheus } from '../support/prometheus-queries.ts';

const KERNEL = { procfs: '/proc', cgroup: '/sys/fs/cgroup' };
const STAYING = 3;
const COMING_AND_GOING = 200;
const AT_ONCE = 4;
/** So many stay until a scrape has shown them, however slow the machine is: the others may be too short-lived for any. */
const EACH_SEEN = 8;
const SCRAPE_EVERY_MS = 200;
/** Prometheus gives a scrape no longer than its interval: five jobs a second, each of which may take one. */
const JOBS = ['a', 'b', 'c', 'd', 'e'];

let engine: Engine;
let image: string;
let exporter: RunningExporter;
let prometheus: RealPrometheus;

beforeAll(async () => {
  engine = await startEngine({ swarm: 'none' });
  image = await loadBusybox(engine);
  const address = { address: engine.dockerHost };
  exporter = await runExporter({ engine: address, tree: KERNEL, clock: systemClock });
  prometheus = await startRealPrometheus();
  const { host } = new URL(exporter.url);
  const jobs = JOBS.map((name) => `  - { job_name: ${name}, static_configs: [{ targets: ['${host}'] }] }\n`);
  prometheus.writeConfig(
    `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${jobs.join('')}`,
  );
  await callHttp({ url: `${prometheus.url}/-/reload`, method: 'POST', timeoutMs: 5_000 });
}, 90_000);
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await exporter?.[Symbol.asyncDispose]();
  await engine?.stop();
}, 60_000);

/** Those that came and went and were seen by a scrape. */
const passing = new Set<string>();

/** When the engine had removed a container, by the clock that only runs forward. */
const removedAtMs = new Map<string, number>();

async function start(name: string) {
  const container = await engine.docker.createContainer({
    name,
    Image: image,
    Cmd: ['sleep', '1000'],
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  return container;
}

async function comeAndGo(): Promise<void> {
  const numbers = Array.from({ length: COMING_AND_GOING }, (_, number) => number);
  const goThroughThem = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const name = `passing-${number}`;
      const container = await start(name);
      if (number % EACH_SEEN === 0)
        await eventually(`a scrape shows ${name}`, () => passing.has(name), { withinMs: 10_000 });
      await container.remove({ force: true });
      removedAtMs.set(name, performance.now());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goThroughThem));
}

type Seen = {
  readonly beganMs: number;
  readonly series: readonly string[];
  readonly names: ReadonlySet<string>;
};

async function scrapeNow(): Promise<Seen> {
  const beganMs = performance.now();
  const lines = (await exporter.scrape()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return {
    beganMs,
    series: lines.map((line) => line.slice(0, line.lastIndexOf(' '))),
    names: new Set(lines.flatMap((line) => /\bname="([^"]+)"/.exec(line)?.[1] ?? [])),
  };
}

test('every scrape has the containers of its moment, each of them once', async () => {
  for (let number = 0; number < STAYING; number += 1) await start(`staying-${number}`);
  const staying = await eventually('the exporter has those that stay', async () => {
    const { names } = await scrapeNow();
    return names.size === STAYING ? names : undefined;
  });
  const openBefore = sampleOf(await exporter.scrape(), 'micado_exporter_open_files');

  const churned = new AbortController();
  const churn = comeAndGo().finally(() => churned.abort());
  const seen: Seen[] = [];
  while (!churned.signal.aborted) {
    const now = await scrapeNow();
    seen.push(now);
    for (const name of now.names) if (name.startsWith('passing-')) passing.add(name);
    await delay(SCRAPE_EVERY_MS);
  }
  await churn;

  const duplicates = seen.flatMap(({ series }) => series.filter((one, at) => series.indexOf(one) !== at));
  expect(duplicates).toEqual([]);
  const ghosts = seen.flatMap(({ beganMs, names }) =>
    [...names].filter((name) => (removedAtMs.get(name) ?? Number.POSITIVE_INFINITY) < beganMs),
  );
  expect(ghosts).toEqual([]);
  expect(seen.filter(({ names }) => ![...staying].every((name) => names.has(name)))).toEqual([]);
  // It is no use to have seen none of those that came and went.
  expect(passing.size).toBeGreaterThan(COMING_AND_GOING / 10);

  const after = await exporter.scrape();
  expect(sampleOf(after, 'micado_exporter_containers_tracked')).toBe(STAYING);
  expect(sampleOf(after, 'micado_exporter_open_files')).toBe(openBefore);
  expect(after).not.toMatch(/^micado_exporter_read_errors_total\{.*\} [^0]/m);
}, 180_000);

test('Prometheus took every scrape as it was', async () => {
  const targets = await activeTargets(prometheus.url);
  expect(targets.map(({ health, lastError }) => ({ health, lastError }))).toEqual(
    JOBS.map(() => ({ health: 'up', lastError: '' })),
  );
  const one = async (expression: string): Promise<number | undefined> =>
    (await queryPrometheus(prometheus.url, expression))[0]?.value;
  expect(await one('sum(count_over_time(up[10m]))')).toBeGreaterThan(60);
  expect(await one('min(min_over_time(up[10m]))')).toBe(1);
  const ownMetrics = await (await fetch(`${prometheus.url}/metrics`)).text();
  for (const refusal of ['duplicate_timestamp', 'out_of_order', 'out_of_bounds'])
    expect(sampleOf(ownMetrics, `prometheus_target_scrapes_sample_${refusal}_total`)).toBe(0);
  // A series ends with the next scrape that lacks it.
  await eventually(
    'Prometheus has none of those that went',
    async () => (await one('count(container_last_seen{name=~"passing-.*"})')) === undefined,
    { withinMs: 5_000 },
  );
  expect(await one('count(container_last_seen{name=~"staying-.*"})')).toBe(STAYING * JOBS.length);
});
