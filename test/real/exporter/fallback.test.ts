/** An engine whose containers' kernel files cannot be seen from here: its own figures stand in. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { type KernelTree, unpackKernelTree } from '../../fakes/kernel-tree.ts';
import { runExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { metricComplaints } from '../support/promtool.ts';

let engine: Engine;
/** Of another machine, as seen by an exporter that is not where its engine is. */
let elsewhere: KernelTree;
beforeAll(async () => {
  engine = await startEngine({ swarm: 'none' });
  elsewhere = unpackKernelTree('v1-separate');
}, 60_000);
afterAll(async () => {
  elsewhere[Symbol.dispose]();
  await engine.stop();
}, 60_000);

test('has what the engine says of a busy container, and of it alone', async () => {
  const Image = await loadBusybox(engine);
  const container = await engine.docker.createContainer({
    name: 'burn',
    Image,
    Cmd: ['sh', '-c', 'while :; do :; done'],
    HostConfig: { NanoCpus: 200_000_000, Memory: 64 * 1024 * 1024 },
  });
  await container.start();
  await using exporter = await runExporter({
    engine: { address: engine.dockerHost },
    tree: elsewhere,
    clock: systemClock,
  });
  const figure = (text: string, family: string): number | undefined =>
    sampleOf(
      text.split('\n').find((line) => line.startsWith(`${family}{`) && line.includes('name="burn"')) ?? '',
      family,
    );
  const text = await eventually(
    'it is throttled',
    async () => {
      const now = await exporter.scrape();
      return (figure(now, 'container_cpu_cfs_throttled_periods_total') ?? 0) > 5 ? now : undefined;
    },
    { withinMs: 20_000 },
  );
  const stats = await container.stats({ stream: false });
  const usage = figure(text, 'container_cpu_usage_seconds_total') ?? Number.NaN;
  expect(usage).toBeGreaterThan(0);
  expect(usage).toBeLessThanOrEqual(stats.cpu_stats.cpu_usage.total_usage / 1e9);
  const memory = figure(text, 'container_memory_usage_bytes') ?? Number.NaN;
  expect(Math.abs(memory - stats.memory_stats.usage)).toBeLessThan(1024 * 1024);
  expect(figure(text, 'container_spec_cpu_quota')).toBe(20_000);
  expect(figure(text, 'container_spec_memory_limit_bytes')).toBe(64 * 1024 * 1024);
  expect(figure(text, 'container_network_receive_bytes_total')).toBeGreaterThanOrEqual(0);
  expect(sampleOf(text, 'micado_exporter_container_source{source="api"}')).toBe(1);
  expect(metricComplaints(text)).toEqual([]);
  await container.remove({ force: true });
  expect(await exporter.scrape()).not.toContain('name="burn"');
}, 60_000);
