/** The exporter beside a real engine: its figures are the kernel's, and what is gone is gone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDockerApi } from '../../../exporter/adapters/docker-api.ts';
import { createDockerContainerSource } from '../../../exporter/adapters/docker-container-source.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { containerSourceSuite } from '../../contract/exporter/container-source-suite.ts';
import { eventually } from '../../eventually.ts';
import { type RunningExporter, runExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { metricComplaints } from '../support/promtool.ts';

const KERNEL = { procfs: '/proc', cgroup: '/sys/fs/cgroup' };
const SPIN = ['sh', '-c', 'while :; do :; done'];

let engine: Engine;
let image: string;
let exporter: RunningExporter;

beforeAll(async () => {
  engine = await startEngine();
  image = await loadBusybox(engine);
  exporter = await runExporter({
    engine: { address: engine.dockerHost },
    tree: KERNEL,
    clock: systemClock,
    flags: [`--machine.cgroup=${engine.cgroup}`, '--labels.include=team'],
  });
}, 60_000);
afterAll(async () => {
  await exporter[Symbol.asyncDispose]();
  await engine.stop();
}, 60_000);

type RunOptions = { readonly command?: string[]; readonly host?: object };

async function start(name: string, { command, host = {} }: RunOptions = {}) {
  const container = await engine.docker.createContainer({
    name,
    Image: image,
    Labels: { team: 'blue' },
    ...(command === undefined ? {} : { Cmd: command }),
    HostConfig: { NetworkMode: 'none', ...host },
  });
  await container.start();
  return container;
}

/** The value of a family for the container of a name. */
function figure(text: string, family: string, name: string): number | undefined {
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`${family}{`) && one.includes(`,name="${name}"}`));
  return line === undefined ? undefined : sampleOf(line, family);
}
const seen = (name: string): Promise<string> =>
  eventually(`${name} is in a scrape`, async () => {
    const text = await exporter.scrape();
    return text.includes(`name="${name}"`) ? text : undefined;
  });

describe('the exporter beside a real engine', () => {
  test('counts the CPU time that a quota leaves to a busy container, and its throttling', async () => {
    const burn = await start('burn', { command: SPIN, host: { NanoCpus: 200_000_000 } });
    const first = await seen('burn');
    const startMs = performance.now();
    // One that has not run yet has no series of its CPU time.
    const before = figure(first, 'container_cpu_usage_seconds_total', 'burn') ?? 0;
    const share = await eventually('two seconds of it', async () => {
      const passed = (performance.now() - startMs) / 1000;
      if (passed < 2) return undefined;
      const text = await exporter.scrape();
      return ((figure(text, 'container_cpu_usage_seconds_total', 'burn') ?? 0) - before) / passed;
    });
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.3);
    const text = await exporter.scrape();
    expect(figure(text, 'container_cpu_cfs_throttled_periods_total', 'burn')).toBeGreaterThan(5);
    expect(figure(text, 'container_spec_cpu_quota', 'burn')).toBe(20_000);
    await burn.remove({ force: true });
  });

  test('has the memory that docker stats has', async () => {
    const calm = await start('calm', { host: { Memory: 64 * 1024 * 1024 } });
    const text = await seen('calm');
    const stats = await calm.stats({ stream: false });
    const own = figure(text, 'container_memory_usage_bytes', 'calm') ?? Number.NaN;
    expect(Math.abs(own - stats.memory_stats.usage)).toBeLessThan(512 * 1024);
    expect(figure(text, 'container_spec_memory_limit_bytes', 'calm')).toBe(stats.memory_stats.limit);
    expect(figure(text, 'container_threads', 'calm')).toBe(stats.pids_stats?.current);
    await calm.update({ Memory: 32 * 1024 * 1024, MemorySwap: -1 });
    await eventually('the new limit', async () => {
      const now = await exporter.scrape();
      return figure(now, 'container_spec_memory_limit_bytes', 'calm') === 32 * 1024 * 1024;
    });
    await calm.remove({ force: true });
  });

  test('has nothing of a container in the first scrape after its removal, and does not hinder that', async () => {
    const short = await start('short', { host: { NetworkMode: 'bridge' } });
    await seen('short');
    const startMs = performance.now();
    await short.remove({ force: true });
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(await exporter.scrape()).not.toContain('name="short"');
  });

  test('follows a restart, with a new process and counters from zero', async () => {
    const again = await start('again', { command: SPIN });
    await seen('again');
    const usage = async (): Promise<number | undefined> =>
      figure(await exporter.scrape(), 'container_cpu_usage_seconds_total', 'again');
    const before = await eventually('half a second used', async () => {
      const now = await usage();
      return now !== undefined && now > 0.5 ? now : undefined;
    });
    await again.restart({ t: 0 });
    await eventually('a lower counter', async () => {
      const now = await usage();
      return now !== undefined && now < before;
    });
    await again.remove({ force: true });
  });

  test('has network series of a container in a network of its own, and none in the machine’s', async () => {
    const own = await start('own', { host: { NetworkMode: 'bridge' } });
    const host = await start('host', { host: { NetworkMode: 'host' } });
    await seen('own');
    const text = await seen('host');
    expect(figure(text, 'container_network_receive_bytes_total', 'own')).toBeGreaterThanOrEqual(0);
    expect(figure(text, 'container_network_receive_bytes_total', 'host')).toBeUndefined();
    await Promise.all([own, host].map((container) => container.remove({ force: true })));
  });

  test('shows a service on its way, what waits for a worker, and the machine it may use', async () => {
    const service = (name: string, replicas: number, resources: object) =>
      engine.docker.createService({
        Name: name,
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Networks: [{ Target: 'host' }],
          Resources: resources,
        },
        Mode: { Replicated: { Replicas: replicas } },
      });
    await service('web', 2, {});
    await service('big', 1, { Reservations: { NanoCPUs: 500_000_000_000 } });
    const text = await eventually('two run and one waits', async () => {
      const now = await exporter.scrape();
      const running = sampleOf(now, 'swarm_service_replicas_running{service_name="web"}');
      const waits = now.includes('swarm_tasks_pending{service_name="big",reason="insufficient_resources"} 1');
      return running === 2 && waits ? now : undefined;
    });
    expect(text.match(/^container_last_seen\{.*service_name="web"/gm)).toHaveLength(2);
    expect(sampleOf(text, 'swarm_service_replicas_desired{service_name="big"}')).toBe(1);
    expect(sampleOf(text, 'machine_cpu_cores')).toBeGreaterThan(0);
    expect(sampleOf(text, 'container_cpu_usage_seconds_total{cpu="total",id="/"}')).toBeGreaterThan(0);
    expect(text).not.toMatch(/^micado_exporter_read_errors_total\{.*\} [^0]/m);
    expect(metricComplaints(text)).toEqual([]);
  });
});

describe('Docker’s API on a real engine', () => {
  let other: Engine;
  beforeAll(async () => {
    other = await startEngine({ swarm: 'none' });
    image = await loadBusybox(other);
  }, 60_000);
  afterAll(async () => {
    await other.stop();
  }, 60_000);

  containerSourceSuite(() => ({
    source: createDockerContainerSource(createDockerApi(parseDockerHost(other.dockerHost))),
    async start(name) {
      const options = { name, Image: image, Labels: { team: 'blue' }, HostConfig: { NetworkMode: 'none' } };
      const container = await other.docker.createContainer(options);
      await container.start();
      return container.id;
    },
    rename: async (id, name) => void (await other.docker.getContainer(id).rename({ name })),
    remove: async (id) => void (await other.docker.getContainer(id).remove({ force: true })),
    stop: async (id) => void (await other.docker.getContainer(id).stop({ t: 0 })),
  }));
});
