/** Scrapes of a node whose cores are all busy, by the weight that the exporter's cgroup has among the containers'. */
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { type Figure, informing, percentile } from '../figure.ts';
import { besideEngine, startExporterSubject } from './exporter-subject.ts';

const BUSY_PER_CORE = 2;
const SCRAPES = 60;
const PAUSE_MS = 150;

/** As `--cpu-shares` counts: the least that there is, what every container has, and eight times as much. */
const SHARES = [2, 1_024, 8_192];

export async function measureFullNode(options: {
  readonly engine: Engine;
  readonly image: string;
  /** How many sleepers run beside the busy ones. */
  readonly count: number;
  progress(line: string): void;
}): Promise<readonly Figure[]> {
  const { engine, count, progress } = options;
  const busy = BUSY_PER_CORE * availableParallelism();
  const quiet = await scrapeWalls(options, { shares: undefined, containers: count });
  const figures = describe('idle_node', quiet);
  progress(`${busy} busy containers beside the ${count}`);
  await startBusy(options, busy);
  for (const shares of SHARES) {
    progress(`${SCRAPES} scrapes with ${shares} CPU shares`);
    const walls = await scrapeWalls(options, { shares, containers: count + busy });
    figures.push(...describe(`full_node_shares_${shares}`, walls));
  }
  await Promise.all(busyNames(busy).map((name) => engine.docker.getContainer(name).remove({ force: true })));
  return figures;
}

const describe = (name: string, wallsMs: readonly number[]): Figure[] => [
  informing({ name: `${name}_scrape_p50_ms`, value: percentile(wallsMs, 50), unit: 'ms' }),
  informing({ name: `${name}_scrape_p99_ms`, value: percentile(wallsMs, 99), unit: 'ms' }),
];

const busyNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `busy-${number}`);

async function startBusy({ engine, image }: { engine: Engine; image: string }, count: number): Promise<void> {
  for (const name of busyNames(count)) {
    const container = await engine.docker.createContainer({
      name,
      Image: image,
      Cmd: ['sh', '-c', 'while :; do :; done'],
      HostConfig: { NetworkMode: 'none' },
    });
    await container.start();
  }
}

async function scrapeWalls(
  { engine }: { readonly engine: Engine },
  { shares, containers }: { readonly shares: number | undefined; readonly containers: number },
): Promise<readonly number[]> {
  await using subject = await startExporterSubject(besideEngine(engine), containers);
  const leave = shares === undefined ? async () => {} : await putIntoCgroup(subject.pid, engine, shares);
  try {
    const walls: number[] = [];
    for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
      walls.push((await subject.client.scrape()).wallMs);
      await delay(PAUSE_MS);
    }
    return walls;
  } finally {
    await leave();
  }
}

const CPU_ROOT = '/sys/fs/cgroup/cpu';

/** Into a cgroup beside those of the containers, as if the exporter were one of them; the result takes it out again. */
async function putIntoCgroup(pid: number, engine: Engine, shares: number): Promise<() => Promise<void>> {
  const folder = join(CPU_ROOT, engine.cgroup, 'exporter');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cpu.shares'), String(shares));
  await writeFile(join(folder, 'cgroup.procs'), String(pid));
  return async () => {
    await writeFile(join(CPU_ROOT, 'cgroup.procs'), String(pid));
    await eventually('the cgroup of the exporter is removed', () =>
      rmdir(folder).then(
        () => true,
        () => false,
      ),
    );
  };
}
