/** Containers whose kernel files cannot be seen: the engine's own figures, collected beside the scrapes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { FIXTURE_CONTAINER, type KernelTree, unpackKernelTree } from '../../fakes/kernel-tree.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { type RunningExporter, runExporter, sampleOf } from '../../fakes/running-exporter.ts';

const STATS = {
  cpu_stats: {
    cpu_usage: {
      total_usage: 2_500_000_000,
      usage_in_usermode: 2_000_000_000,
      usage_in_kernelmode: 500_000_000,
    },
    throttling_data: { periods: 10, throttled_periods: 4, throttled_time: 1_500_000_000 },
  },
  memory_stats: {
    usage: 5_000,
    max_usage: 9_000,
    failcnt: 1,
    stats: { total_rss: 3_000, total_inactive_file: 1_000 },
  },
  pids_stats: { current: 7 },
  networks: { eth0: { rx_bytes: 11, rx_packets: 12, tx_bytes: 13, tx_dropped: 14 } },
  blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'read', value: 4_096 }] },
};

const SOURCE_API = 'micado_exporter_container_source{source="api"}';

describe.each([
  ['29.0.0', 'one call for each, all at once'],
  ['20.10.24', 'a stream for each'],
])('beside engine %s, by %s', (engineVersion) => {
  let tree: KernelTree;
  let engine: DockerEngineServer;
  let exporter: RunningExporter;
  let clock: ManualClock;
  const passing = (what: string, accept: (text: string) => boolean): Promise<string> =>
    eventually(what, async () => {
      await clock.advance(1_000);
      const text = await exporter.scrape();
      return accept(text) ? text : undefined;
    });
  const isFollowed = (text: string): boolean => /^container_cpu_usage.*name="far"/m.test(text);

  beforeEach(async () => {
    tree = unpackKernelTree('v1-separate');
    engine = await startDockerEngineServer({ engineVersion, role: 'none' });
    engine.state.startContainer({ ...FIXTURE_CONTAINER.web, name: 'near' });
    engine.state.startContainer({ name: 'far', pid: 99_999, id: 'fa'.repeat(32) });
    engine.state.setStats('far', STATS);
    clock = createManualClock();
    exporter = await runExporter({ engine, tree, clock });
  });
  afterEach(async () => {
    await exporter[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    tree[Symbol.dispose]();
  });

  test('has the same families of such a container, and says where they are from', async () => {
    const text = await passing('the figures', isFollowed);
    const labels = `id="/docker/${'fa'.repeat(32)}",image="busybox:1",name="far"}`;
    const figures: Record<string, number> = {
      [`container_cpu_usage_seconds_total{cpu="total",${labels}`]: 2.5,
      [`container_cpu_system_seconds_total{${labels}`]: 0.5,
      [`container_memory_working_set_bytes{${labels}`]: 4_000,
      [`container_memory_rss{${labels}`]: 3_000,
      [`container_threads{${labels}`]: 7,
      [`container_network_receive_bytes_total{interface="eth0",${labels}`]: 11,
      [`container_network_transmit_packets_dropped_total{interface="eth0",${labels}`]: 14,
      [`container_fs_reads_bytes_total{device="/dev/sda",${labels}`]: 4_096,
      [`container_spec_cpu_shares{${labels}`]: 1_024,
    };
    for (const [series, value] of Object.entries(figures))
      expect([series, sampleOf(text, series)]).toEqual([series, value]);
    expect(text).not.toMatch(/^container_cpu_cfs.*name="far"/m);
    expect(text).toMatch(/^container_memory_rss\{.*name="near"\} 31457280$/m);
    expect(sampleOf(text, SOURCE_API)).toBe(1);
    expect(sampleOf(text, 'micado_exporter_container_source{source="cgroup"}')).toBe(1);
  });

  test('asks the engine beside the scrapes, never by one', async () => {
    await passing('the figures', isFollowed);
    const before = engine.calls.length;
    for (let scrape = 0; scrape < 20; scrape += 1) await exporter.scrape();
    expect(engine.calls.length).toBe(before);
    expect(engine.calls.some(({ method }) => method !== 'GET')).toBe(false);
  });

  test('has newer figures when there are some, and none where they have become old', async () => {
    await passing('the figures', isFollowed);
    engine.state.setStats('far', { ...STATS, pids_stats: { current: 8 } });
    await passing('the new ones', (text) => /^container_threads\{.*name="far"\} 8$/m.test(text));
    await engine.pause();
    await clock.advance(11_000);
    const text = await exporter.scrape();
    expect(text).not.toMatch(/^container_(cpu|memory|threads).*name="far"/m);
    expect(text).toMatch(/^container_last_seen\{.*name="far"/m);
    await engine.resume();
    await passing('the figures again', isFollowed);
  });

  test('shows nothing of a container that the engine has no figures of: it has ended', async () => {
    engine.state.startContainer({ name: 'ended', pid: 99_998, id: 'ed'.repeat(32) });
    await passing('it is followed', (text) => sampleOf(text, SOURCE_API) === 2);
    const text = await passing('the figures of the other', isFollowed);
    expect(text).not.toContain('name="ended"');
  });

  test('ends with the container', async () => {
    await passing('the figures', isFollowed);
    engine.state.removeContainer('far');
    const text = await passing('it is gone', (now) => !now.includes('name="far"'));
    expect(sampleOf(text, SOURCE_API)).toBe(0);
  });
});
