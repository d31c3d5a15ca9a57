/**
 * The exporter on cgroup version 2 under systemd. A counter that Prometheus has of it lies between what `docker stats`
 * said before that scrape and after it; a gauge that stands still differs by a quarter of a megabyte at most.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callHttp } from '../../internal/daemon/http-client.ts';
import { loadBusybox } from '../cluster/images.ts';
import { claimSegment, releaseSegment, type Segment } from '../cluster/segment.ts';
import { type RealPrometheus, startRealPrometheus } from '../contract/rulegen/real-prometheus.ts';
import { eventually } from '../eventually.ts';
import { activeTargets, queryPrometheus, type Sample } from '../real/support/prometheus-queries.ts';
import { metricComplaints } from '../real/support/promtool.ts';
import { type EngineStats, readEngineStats } from './engine-stats.ts';
import { type ExporterGuest, startExporterGuest } from './exporter-guest.ts';

const MIB = 1024 * 1024;
const MEMORY_TOLERANCE = MIB / 4;
const REST = 'exec sleep 100000';

/** Containers by what they do. */
const LOADS = {
  burn: { command: 'while :; do :; done', host: { NanoCpus: 300_000_000 } },
  // The reader does not read, so the writer keeps its whole block in memory.
  hold: {
    command: 'dd if=/dev/zero bs=32M count=1 | sleep 100000',
    host: { Memory: 96 * MIB, CpuShares: 512 },
  },
  greedy: {
    command: `dd if=/dev/zero of=/dev/null bs=64M count=1; cat /sys/fs/cgroup/memory.events; ${REST}`,
    host: { Memory: 16 * MIB },
  },
  write: { command: `dd if=/dev/zero of=/file bs=1M count=4 conv=fsync; ${REST}`, host: {} },
  serve: {
    command: 'httpd -f -p 80 -h /bin',
    host: { NetworkMode: 'bridge', PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
  },
} as const;
type Load = keyof typeof LOADS;
const NAMES = Object.keys(LOADS) as readonly Load[];

type Readings = Readonly<Record<Load, EngineStats>>;

let segment: Segment;
let running: ExporterGuest;
let prometheus: RealPrometheus;
let servedBytes: number;
const ids = new Map<Load, string>();
/** One scrape, and what the engine said before and after it. */
let before: Readings;
let samples: readonly Sample[];
let after: Readings;

beforeAll(async () => {
  segment = await claimSegment();
  running = await startExporterGuest(segment);
  prometheus = await startRealPrometheus();
  await scrape(running.exporterAddress);
  await startLoads();
  servedBytes = await fetchServedFile();
  await running.guest.reaches('all containers are in a scrape', async () => {
    const seen = await query('count(container_last_seen{name!=""})');
    return seen[0]?.value === NAMES.length;
  });
  before = await readAll();
  const sinceSeconds = Date.now() / 1000;
  const [up] = await eventually('one more scrape', async () => {
    const found = await query('timestamp(up{job="vm"})');
    return (found[0]?.value ?? 0) > sinceSeconds && found;
  });
  samples = await query('{job="vm"}', up?.value);
  after = await readAll();
}, 600_000);
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  if (segment !== undefined) await releaseSegment(segment);
}, 60_000);

const query = (expression: string, atSeconds?: number): Promise<readonly Sample[]> =>
  queryPrometheus(prometheus.url, expression, atSeconds);

async function scrape(target: string): Promise<void> {
  prometheus.writeConfig(`
scrape_configs:
  - job_name: vm
    scrape_interval: 2s
    static_configs: [{ targets: ['${target}'] }]
`);
  await callHttp({ method: 'POST', url: `${prometheus.url}/-/reload`, timeoutMs: 10_000 });
}

async function startLoads(): Promise<void> {
  const image = await loadBusybox(running);
  for (const name of NAMES) {
    const { command, host } = LOADS[name];
    const container = await running.docker.createContainer({
      name,
      Image: image,
      Cmd: ['sh', '-c', command],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { NetworkMode: 'none', ...host },
    });
    await container.start();
    ids.set(name, container.id);
  }
}

async function fetchServedFile(): Promise<number> {
  const url = `http://${running.guest.address}:8080/busybox`;
  return await running.guest.reaches(
    'the served file',
    async () => (await (await fetch(url)).arrayBuffer()).byteLength,
  );
}

async function readAll(): Promise<Readings> {
  const pairs = await Promise.all(
    NAMES.map(async (name) => [name, await readEngineStats(running.docker, name)] as const),
  );
  return Object.fromEntries(pairs) as Readings;
}

/** The one value of a family, for a container or with other labels. */
function figure(family: string, labels: Readonly<Record<string, string>>): number {
  const found = samples.filter(
    (sample) =>
      sample.labels['__name__'] === family &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  expect([family, found.length]).toEqual([family, 1]);
  return found[0]?.value ?? Number.NaN;
}

/** That it lies between the engine's two readings. */
function expectBetween(
  name: Load,
  family: string,
  read: (stats: EngineStats) => number,
  unit = 1,
  labels = {},
): void {
  const value = figure(family, { name, ...labels }) / unit;
  const nearly = 1e-6;
  expect(value).toBeGreaterThanOrEqual(read(before[name]) - nearly);
  expect(value).toBeLessThanOrEqual(read(after[name]) + nearly);
}

describe('the exporter on cgroup version 2 with the driver systemd', () => {
  test('is on such a machine, and finds each container in its scope', async () => {
    const info = z
      .object({ CgroupVersion: z.string(), CgroupDriver: z.string() })
      .parse(await running.docker.info());
    expect(info).toEqual({ CgroupVersion: '2', CgroupDriver: 'systemd' });
    for (const name of NAMES) {
      const seen = samples.filter(({ labels }) => labels['name'] === name);
      expect([...new Set(seen.map(({ labels }) => labels['id']))]).toEqual([
        `/system.slice/docker-${ids.get(name)}.scope`,
      ]);
      expect(seen.length).toBeGreaterThan(20);
    }
  });

  test('is scraped without a fault, and reads every file that it looks for', async () => {
    const [target] = await activeTargets(prometheus.url);
    expect(target).toMatchObject({ health: 'up', lastError: '' });
    expect(figure('micado_exporter_container_source', { source: 'cgroup' })).toBe(NAMES.length);
    expect(figure('micado_exporter_container_source', { source: 'api' })).toBe(0);
    const of = (family: string): readonly Sample[] =>
      samples.filter(({ labels }) => labels['__name__'] === family);
    const failures = of('micado_exporter_read_errors_total').filter(({ value }) => value !== 0);
    const failed = of('micado_exporter_collector_success').filter(({ value }) => value !== 1);
    expect([...failures, ...failed].map(({ labels }) => labels['collector'])).toEqual([]);
    expect(of('container_scrape_error').map(({ value }) => value)).toEqual([0]);
    const text = await (await fetch(`http://${running.exporterAddress}/metrics`)).text();
    expect(metricComplaints(text)).toEqual([]);
  });

  test('counts CPU time as the engine does, and throttling by a quota', () => {
    const NANO = 1e-9;
    expectBetween(
      'burn',
      'container_cpu_usage_seconds_total',
      (s) => s.cpu_stats.cpu_usage.total_usage,
      NANO,
    );
    expectBetween(
      'burn',
      'container_cpu_user_seconds_total',
      (s) => s.cpu_stats.cpu_usage.usage_in_usermode,
      NANO,
    );
    expectBetween('burn', 'container_cpu_cfs_periods_total', (s) => s.cpu_stats.throttling_data.periods);
    expectBetween(
      'burn',
      'container_cpu_cfs_throttled_periods_total',
      (s) => s.cpu_stats.throttling_data.throttled_periods,
    );
    expectBetween(
      'burn',
      'container_cpu_cfs_throttled_seconds_total',
      (s) => s.cpu_stats.throttling_data.throttled_time,
      NANO,
    );
    expect(figure('container_cpu_cfs_throttled_periods_total', { name: 'burn' })).toBeGreaterThan(10);
    expect(figure('container_spec_cpu_quota', { name: 'burn' })).toBe(30_000);
    expect(figure('container_spec_cpu_period', { name: 'burn' })).toBe(100_000);
    expect(
      samples.some(({ labels }) => labels['name'] === 'hold' && labels['__name__']?.includes('_cfs_')),
    ).toBe(false);
  });

  test('has the rate that the quota allows, by way of Prometheus', async () => {
    const cores = await eventually('a rate over ten seconds', async () => {
      const rates = await query('rate(container_cpu_usage_seconds_total{name="burn"}[10s])');
      return rates[0]?.value;
    });
    expect(cores).toBeGreaterThan(0.15);
    expect(cores).toBeLessThan(0.33);
  });

  test('has the memory that a container holds', () => {
    const stats = before.hold.memory_stats;
    const near = (family: string, bytes: number): void => {
      expect(Math.abs(figure(family, { name: 'hold' }) - bytes)).toBeLessThanOrEqual(MEMORY_TOLERANCE);
    };
    near('container_memory_usage_bytes', stats.usage);
    near('container_memory_working_set_bytes', stats.usage - stats.stats.inactive_file);
    near('container_memory_rss', stats.stats.anon);
    near('container_memory_cache', stats.stats.file);
    near('container_memory_mapped_file', stats.stats.file_mapped);
    expect(stats.stats.anon).toBeGreaterThan(32 * MIB);
    expect(stats.stats.anon).toBeLessThan(34 * MIB);
    expect(figure('container_spec_memory_limit_bytes', { name: 'hold' })).toBe(stats.limit);
    expect(figure('container_spec_memory_limit_bytes', { name: 'burn' })).toBe(0);
  });

  test('does not count into the working set what a container wrote and has not touched since', () => {
    const { usage, stats } = before.write.memory_stats;
    expect(stats.inactive_file).toBeGreaterThan(3 * MIB);
    const workingSet = figure('container_memory_working_set_bytes', { name: 'write' });
    expect(Math.abs(workingSet - (usage - stats.inactive_file))).toBeLessThanOrEqual(MEMORY_TOLERANCE);
  });

  test('counts page faults, and knows the most memory that there ever was', () => {
    expectBetween('hold', 'container_memory_failures_total', (stats) => stats.memory_stats.stats.pgfault, 1, {
      failure_type: 'pgfault',
      scope: 'container',
    });
    expect(figure('container_memory_max_usage_bytes', { name: 'hold' })).toBeGreaterThan(32 * MIB);
    expect(figure('container_memory_max_usage_bytes', { name: 'greedy' })).toBeLessThanOrEqual(16 * MIB);
  });

  test('has the time that a container waited for the processor, which here is about that of its throttling', () => {
    const waited = figure('container_pressure_cpu_waiting_seconds_total', { name: 'burn' });
    const throttled = figure('container_cpu_cfs_throttled_seconds_total', { name: 'burn' });
    expect(waited / throttled).toBeGreaterThan(0.5);
    expect(waited / throttled).toBeLessThan(2);
  });

  test('counts processes, and the weight of a container among others', () => {
    expect(figure('container_threads', { name: 'hold' })).toBe(before.hold.pids_stats.current);
    expect(figure('container_processes', { name: 'hold' })).toBe(before.hold.pids_stats.current);
    expect(before.hold.pids_stats.current).toBe(3);
    // 512 shares are a weight of 20, which stands for 500 shares and some.
    expect(figure('container_spec_cpu_shares', { name: 'hold' })).toBe(500);
  });

  test('counts the processes that the kernel killed for want of memory', async () => {
    const log = await running.docker.getContainer('greedy').logs({ stdout: true, stderr: true });
    const kills = Number(/oom_kill (\d+)/.exec(log.toString('utf8'))?.[1]);
    expect(kills).toBe(1);
    expect(figure('container_oom_events_total', { name: 'greedy' })).toBe(kills);
    expect(figure('container_oom_events_total', { name: 'hold' })).toBe(0);
    expect(figure('container_memory_failcnt', { name: 'greedy' })).toBeGreaterThan(0);
  });

  test('counts what a container sent, and what it was sent', () => {
    const eth0 = ({ networks }: EngineStats) =>
      networks['eth0'] ?? { rx_bytes: NaN, tx_bytes: NaN, tx_packets: NaN };
    expectBetween('serve', 'container_network_receive_bytes_total', (stats) => eth0(stats).rx_bytes);
    expectBetween('serve', 'container_network_transmit_bytes_total', (stats) => eth0(stats).tx_bytes);
    expectBetween('serve', 'container_network_transmit_packets_total', (stats) => eth0(stats).tx_packets);
    const sent = figure('container_network_transmit_bytes_total', { name: 'serve', interface: 'eth0' });
    expect(sent / servedBytes).toBeGreaterThan(1);
    expect(sent / servedBytes).toBeLessThan(1.1);
    const without = samples.filter(
      ({ labels }) => labels['name'] === 'hold' && labels['__name__']?.startsWith('container_network_'),
    );
    expect(without).toEqual([]);
  });

  test('counts what a container wrote, by the name of the disk', () => {
    const written = ({ blkio_stats: { io_service_bytes_recursive: all } }: EngineStats): number =>
      (all ?? []).find(({ op }) => op.toLowerCase() === 'write')?.value ?? 0;
    expectBetween('write', 'container_fs_writes_bytes_total', written);
    expect(
      figure('container_fs_writes_bytes_total', { name: 'write', device: '/dev/vda' }),
    ).toBeGreaterThanOrEqual(4 * MIB);
  });

  test('knows the machine', async () => {
    const info = z
      .object({ NCPU: z.number(), MemTotal: z.number(), KernelVersion: z.string() })
      .parse(await running.docker.info());
    expect(info.NCPU).toBe(2);
    expect(figure('machine_cpu_cores', {})).toBe(info.NCPU);
    expect(figure('machine_memory_bytes', {})).toBe(info.MemTotal);
    const version = samples.find(({ labels }) => labels['__name__'] === 'machine_version_info');
    expect(Object.values(version?.labels ?? {})).toContain(info.KernelVersion);
    const root = { id: '/' };
    const sum = NAMES.map((name) => figure('container_cpu_usage_seconds_total', { name })).reduce(
      (a, b) => a + b,
    );
    expect(figure('container_cpu_usage_seconds_total', root)).toBeGreaterThan(sum);
    expect(figure('container_memory_usage_bytes', root)).toBeGreaterThan(32 * MIB);
    expect(figure('container_memory_usage_bytes', root)).toBeLessThan(info.MemTotal);
  });

  test('has nothing of a container after its removal', async () => {
    const text = async (): Promise<string> =>
      await (await fetch(`http://${running.exporterAddress}/metrics`)).text();
    expect(await text()).toContain('name="greedy"');
    await running.docker.getContainer('greedy').remove({ force: true });
    expect(await text()).not.toContain('name="greedy"');
  });
});
