/**
 * The exporter beside the real cAdvisor on the same containers: the families that autoscalers and dashboards use, under
 * the same names and labels, with values that differ by no more than what happens between the two readings.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { type RunningExporter, runExporter } from '../../fakes/running-exporter.ts';
import { type Cadvisor, findCadvisor, startCadvisor } from '../support/real-cadvisor.ts';

type Series = {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

function compareWith(path: string): void {
  let engine: Engine;
  let exporter: RunningExporter;
  let cadvisor: Cadvisor;

  beforeAll(async () => {
    engine = await startEngine({ swarm: 'none' });
    const image = await loadBusybox(engine);
    await startContainers(engine, image);
    exporter = await runExporter({
      engine: { address: engine.dockerHost },
      tree: { procfs: '/proc', cgroup: '/sys/fs/cgroup' },
      clock: systemClock,
      flags: ['--labels.include=team'],
    });
    cadvisor = await startCadvisor({
      path,
      dockerHost: engine.dockerHost,
      flags: ['--housekeeping_interval=1s', '--max_housekeeping_interval=1s', '--docker_only=true'],
    });
  }, 90_000);
  afterAll(async () => {
    await cadvisor?.stop();
    await exporter?.[Symbol.asyncDispose]();
    await engine?.stop();
  }, 60_000);

  test.each(FAMILIES)(
    '$family has the same series, with the same values',
    async (row) => {
      const { theirs, ours } = await eventually(
        'both have all containers, and values that agree',
        async () => {
          // cAdvisor shows what it read up to a second ago: ours are read before and after.
          const before = parse(await exporter.scrape());
          const shown = parse(await cadvisor.scrape());
          const after = parse(await exporter.scrape());
          const theirs = table(shown, row, totalOfCpus);
          const ours = table(after, row, (one) => one);
          const earlier = table(before, row, (one) => one);
          const complete = row.containers.every((name) =>
            [...theirs.keys()].some((key) => key.includes(`"${name}"`)),
          );
          const agrees = [...theirs].every(([key, value]) =>
            isNear(value, [earlier.get(key), ours.get(key)], row),
          );
          return complete && agrees && { theirs, ours };
        },
        { withinMs: 20_000, everyMs: 300 },
      );
      expect([...ours.keys()].toSorted(byText)).toEqual([...theirs.keys()].toSorted(byText));
      expect(theirs.size).toBeGreaterThanOrEqual(row.containers.length);
    },
    40_000,
  );

  test('machine_cpu_cores and machine_memory_bytes are the same', async () => {
    const [ours, theirs] = [parse(await exporter.scrape()), parse(await cadvisor.scrape())];
    for (const family of ['machine_cpu_cores', 'machine_memory_bytes'])
      expect(valuesOf(ours, family)).toEqual(valuesOf(theirs, family));
  });
}

const ALL = ['busy', 'calm', 'talker', 'writer'];

type FamilyRow = {
  readonly family: string;
  /** The containers that must have it. */
  readonly containers: readonly string[];
  /** How far apart the two may be: what a container does in the seconds between two readings. */
  readonly within: number;
};

const MEBIBYTE = 1024 * 1024;
const FAMILIES: readonly FamilyRow[] = [
  { family: 'container_cpu_usage_seconds_total', containers: ALL, within: 0.5 },
  { family: 'container_cpu_user_seconds_total', containers: ['busy'], within: 0.5 },
  { family: 'container_cpu_system_seconds_total', containers: ['busy'], within: 0.5 },
  { family: 'container_cpu_cfs_periods_total', containers: ['busy'], within: 20 },
  { family: 'container_cpu_cfs_throttled_periods_total', containers: ['busy'], within: 20 },
  { family: 'container_cpu_cfs_throttled_seconds_total', containers: ['busy'], within: 3 },
  { family: 'container_memory_usage_bytes', containers: ALL, within: MEBIBYTE },
  { family: 'container_memory_working_set_bytes', containers: ALL, within: MEBIBYTE },
  { family: 'container_memory_rss', containers: ALL, within: MEBIBYTE },
  { family: 'container_memory_cache', containers: ALL, within: MEBIBYTE },
  { family: 'container_spec_memory_limit_bytes', containers: ALL, within: 0 },
  { family: 'container_spec_cpu_quota', containers: ['busy'], within: 0 },
  { family: 'container_spec_cpu_period', containers: ALL, within: 0 },
  { family: 'container_spec_cpu_shares', containers: ALL, within: 0 },
  { family: 'container_network_receive_bytes_total', containers: ['talker'], within: 4_096 },
  { family: 'container_network_transmit_bytes_total', containers: ['talker'], within: 4_096 },
  // Not `container_fs_{reads,writes}_total`: cAdvisor has those of file systems, and so none of a container's own.
  { family: 'container_fs_reads_bytes_total', containers: ['writer'], within: MEBIBYTE },
  { family: 'container_fs_writes_bytes_total', containers: ['writer'], within: MEBIBYTE },
  { family: 'container_last_seen', containers: ALL, within: 5 },
  { family: 'container_start_time_seconds', containers: ALL, within: 5 },
];

async function startContainers(engine: Engine, image: string): Promise<void> {
  const start = async (name: string, command: string, host: object): Promise<void> => {
    const container = await engine.docker.createContainer({
      name,
      Image: image,
      Cmd: ['sh', '-c', command],
      Labels: {
        'com.docker.swarm.service.name': 'shop',
        'com.docker.swarm.task.name': `shop.${name}`,
        team: 'blue',
      },
      HostConfig: { NetworkMode: 'none', ...host },
    });
    await container.start();
  };
  await start('busy', 'while :; do :; done', { NanoCpus: 100_000_000 });
  await start('calm', 'exec sleep 1000000', { Memory: 64 * MEBIBYTE });
  await start('talker', 'exec sleep 1000000', { NetworkMode: 'bridge' });
  await start('writer', DIRECT_IO, { Binds: ['disk:/disk'], BlkioDeviceReadBps: countedDisk(engine.folder) });
}

/** Four megabytes each way, past the page cache: what is read from there is no block I/O. */
const DIRECT_IO = `dd if=/dev/zero of=/disk/file bs=1M count=4 oflag=direct
  dd if=/disk/file of=/dev/null bs=1M iflag=direct
  exec sleep 1000000`;

/**
 * Newer kernels (6.18 is one) count the I/O of a disk in version 1 only once a limit has been set on it, for whichever
 * cgroup: this one is far beyond what the disk can do.
 */
function countedDisk(folder: string): readonly { readonly Path: string; readonly Rate: number }[] {
  const { dev } = statSync(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const device = realpathSync(`/sys/dev/block/${major}:${minor}`);
  // Limits are set on whole disks.
  const disk = existsSync(join(device, 'partition')) ? dirname(device) : device;
  return [{ Path: `/dev/${basename(disk)}`, Rate: 100_000_000_000 }];
}

function parse(text: string): readonly Series[] {
  return text.split('\n').flatMap((line) => {
    // cAdvisor's samples end with the time of their reading.
    const match = /^([a-z_]+)(?:\{(.*)\})? +(\S+)(?: \d+)?$/.exec(line);
    if (match === null) return [];
    const labels = Object.fromEntries(
      [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    return [{ family: match[1] ?? '', labels, value: Number(match[3]) }];
  });
}

/** cAdvisor has a series for each processor where the kernel counts them apart; we have their sum. */
const totalOfCpus = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  'cpu' in labels ? { ...labels, cpu: 'total' } : labels;

/** Labels that Docker's image and our flags do not give, and empty ones, say nothing. */
function table(
  series: readonly Series[],
  { family }: FamilyRow,
  relabel: (labels: Series['labels']) => Series['labels'],
): Map<string, number> {
  const values = new Map<string, number>();
  for (const one of series) {
    if (one.family !== family || !ALL.includes(one.labels['name'] ?? '')) continue;
    const labels = Object.entries(relabel(one.labels)).filter(([, value]) => value !== '');
    const key = JSON.stringify(Object.fromEntries(labels.toSorted(([a], [b]) => byText(a, b))));
    values.set(key, (values.get(key) ?? 0) + one.value);
  }
  return values;
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const isNear = (value: number, ours: readonly (number | undefined)[], { within }: FamilyRow): boolean =>
  ours.some((own) => own !== undefined && Math.abs(own - value) <= within);

const valuesOf = (series: readonly Series[], family: string): readonly number[] =>
  series.filter((one) => one.family === family).map(({ value }) => value);

const program = await findCadvisor();

if (program.kind === 'absent')
  test(`cAdvisor cannot be had here, so that nothing is compared: ${program.reason}`, () => {
    // What apt says of a mirror that lacks the suite or cannot be reached; anything else is a defect of the fetching.
    expect(program.reason).toMatch(
      /no mirror of Debian|does not have a Release file|404|Failed to fetch|Could not resolve|Could not connect|Unable to locate/,
    );
  });
else describe(`beside cAdvisor ${program.version}`, () => compareWith(program.path));
