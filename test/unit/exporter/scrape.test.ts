import { beforeEach, describe, expect, test } from '@jest/globals';
import { gauge } from '../../../exporter/collectors/collector.ts';
import { cpuCollector } from '../../../exporter/collectors/cpu.ts';
import { lifecycleCollector } from '../../../exporter/collectors/lifecycle.ts';
import { networkCollector } from '../../../exporter/collectors/network.ts';
import { type ContainerTable, createContainerTable } from '../../../exporter/container-table.ts';
import { createExposition } from '../../../exporter/core/exposition.ts';
import { createExporterCounts, type ExporterCounts } from '../../../exporter/metrics.ts';
import type { CgroupLocation } from '../../../exporter/ports.ts';
import { type ScrapeRequest, scrapeInto } from '../../../exporter/scrape.ts';
import { createSeriesLimit } from '../../../exporter/series-limit.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { aContainerInfo, createStatsSourceFake } from '../../fakes/container-source.ts';
import { createKernelFilesFake, type KernelFilesFake } from '../../fakes/kernel-files.ts';

const COLLECTORS = [cpuCollector, lifecycleCollector, networkCollector];
const broken = gauge('broken', 'Fails at each read.');

let kernel: KernelFilesFake;
let table: ContainerTable;
let counts: ExporterCounts;
let gone: string[];
let limit: number;

const location = (id: string): CgroupLocation => ({
  path: `/docker/${id}`,
  folders: { cpuacct: { version: 2, folder: `/c/${id}` }, cpu: { version: 2, folder: `/c/${id}` } },
  processFolder: `/proc/${id}`,
  foreignNetwork: false,
});

beforeEach(() => {
  kernel = createKernelFilesFake();
  for (const id of ['a', 'b']) {
    kernel.contents.set(`/c/${id}/cpu.stat`, 'usage_usec 5000000\nuser_usec 1\nsystem_usec 1\n');
    kernel.contents.set(`/proc/${id}/net/dev`, 'eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n');
  }
  counts = createExporterCounts(['cpu', 'lifecycle', 'network', 'broken']);
  gone = [];
  limit = 0;
  table = createContainerTable({
    collectors: COLLECTORS,
    kernelFiles: kernel,
    locator: { container: ({ id }) => location(id), machine: () => undefined },
    stats: createStatsSourceFake(),
    labelChoice: { label: () => false, environment: () => false },
    onReadProblem: () => {},
    onOomKills: () => {},
  });
  for (const id of ['a', 'b']) table.put(aContainerInfo({ id }));
});

function scrape(asked: Partial<ScrapeRequest> = {}): string {
  const request = { nowSeconds: 1_000.7, wants: () => true, deadlineMs: Number.POSITIVE_INFINITY, ...asked };
  const out = createExposition([...COLLECTORS.flatMap(({ families }) => families), broken]);
  let now = 0;
  scrapeInto(out, request, {
    containerCollectors: COLLECTORS,
    nodeCollectors: [
      {
        name: 'broken',
        families: [broken],
        read() {
          throw new Error('broken');
        },
      },
    ],
    table,
    seriesLimit: createSeriesLimit({ limit, collectors: COLLECTORS, logger: silentLogger }),
    counts,
    logger: silentLogger,
    monotonicMs: () => (now += 2),
    onGone: (id) => gone.push(id),
  });
  return new TextDecoder().decode(out.render());
}
const namesIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/name="([ab])"/g)].map((match) => match[1] ?? ''));

describe('a scrape', () => {
  test('has every live container, seen now', () => {
    const text = scrape();
    expect(namesIn(text)).toEqual(new Set(['a', 'b']));
    expect(text).toContain('container_last_seen{id="/docker/a",image="busybox:1",name="a"} 1000\n');
  });

  test('has nothing of a container whose cgroup was removed, not even its network, which still answers', () => {
    for (const file of ['cgroup.type', 'cpu.stat']) kernel.failures.set(`/c/a/${file}`, 'ENODEV');
    expect(namesIn(scrape())).toEqual(new Set(['b']));
    expect(gone).toEqual(['a']);
    expect(table.get('a')).toBeUndefined();
  });

  test('closes the files of a container that is gone, so that its network can go too', () => {
    const before = kernel.counts().open;
    kernel.failures.set('/c/a/cpu.stat', 'ENODEV');
    scrape();
    expect(kernel.counts().open).toBe(before / 2);
  });

  test.each(['ENODEV', 'ENOENT', 'ESRCH'])('drops a container that ends while it is read, by %s', (code) => {
    kernel.failures.set('/c/a/cpu.stat', code);
    const text = scrape();
    expect(text).not.toContain('container_network_receive_bytes_total{interface="eth0",id="/docker/a"');
    expect(gone).toEqual(['a']);
    expect(counts.collectors.get('cpu')).toMatchObject({ readProblems: 0, success: true });
  });

  test('drops a container whose process is gone before its cgroup', () => {
    kernel.failures.set('/proc/a/net/dev', 'ESRCH');
    expect(scrape()).not.toContain('interface="eth0",id="/docker/a"');
    expect(gone).toEqual(['a']);
    expect(namesIn(scrape())).toEqual(new Set(['b']));
  });

  test('is made whole by what works when one collector fails', () => {
    const text = scrape();
    expect(text).not.toContain('broken');
    expect(counts.collectors.get('broken')).toMatchObject({ readProblems: 1, success: false });
    expect(counts.collectors.get('cpu')).toMatchObject({ readProblems: 0, success: true, seconds: 0.002 });
    expect(counts.scrapes).toBe(1);
  });

  test('has what is wanted and nothing else', () => {
    const text = scrape({ wants: (name) => name === 'lifecycle' });
    expect(text).toContain('container_last_seen');
    expect(text).not.toContain('container_cpu');
    expect(counts.collectors.get('cpu')?.seconds).toBeNaN();
  });

  test('ends at its deadline with what it has, and says which collectors were not done', () => {
    // The clock goes on by 2 ms at each look: the third collector begins when the time is over.
    const text = scrape({ deadlineMs: 14 });
    expect(text.match(/container_cpu_usage_seconds_total\{/g)).toHaveLength(2);
    expect(text.match(/container_last_seen\{/g)).toHaveLength(1);
    expect(text).not.toContain('container_network');
    const success = (name: string): boolean | undefined => counts.collectors.get(name)?.success;
    expect(['cpu', 'lifecycle', 'network', 'broken'].map(success)).toEqual([true, false, false, false]);
    expect(counts.scrapesCutShort).toBe(1);
    scrape();
    expect(counts.scrapesCutShort).toBe(1);
    expect(['cpu', 'lifecycle', 'network'].map(success)).toEqual([true, true, true]);
  });

  test('within a limit leaves out collectors first, then the container that matters least', () => {
    const service = { 'com.docker.swarm.service.id': 's' };
    table.put(aContainerInfo({ id: 'b', labels: service, startedSeconds: 9 }));
    const seriesOf = (text: string, name: string): number =>
      text.match(new RegExp(`name="${name}"`, 'g'))?.length ?? 0;
    // Per container: 3 of CPU time, 4 of its life, 8 of its network.
    limit = 29;
    expect([seriesOf(scrape(), 'a'), seriesOf(scrape(), 'b')]).toEqual([7, 7]);
    limit = 30;
    expect([seriesOf(scrape(), 'a'), seriesOf(scrape(), 'b')]).toEqual([15, 15]);
    limit = 13;
    expect([seriesOf(scrape(), 'a'), seriesOf(scrape(), 'b')]).toEqual([0, 7]);
    limit = 6;
    expect(scrape()).not.toContain('name=');
  });
});
