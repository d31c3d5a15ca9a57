import { beforeEach, describe, expect, test } from '@jest/globals';
import { gauge } from '../../../exporter/collectors/collector.ts';
import { cpuCollector } from '../../../exporter/collectors/cpu.ts';
import { lifecycleCollector } from '../../../exporter/collectors/lifecycle.ts';
import { networkCollector } from '../../../exporter/collectors/network.ts';
import { type ContainerTable, createContainerTable } from '../../../exporter/container-table.ts';
import { createExposition } from '../../../exporter/core/exposition.ts';
import { createExporterCounts, type ExporterCounts } from '../../../exporter/metrics.ts';
import type { CgroupLocation } from '../../../exporter/ports.ts';
import { scrapeInto } from '../../../exporter/scrape.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { aContainerInfo } from '../../fakes/container-source.ts';
import { createKernelFilesFake, type KernelFilesFake } from '../../fakes/kernel-files.ts';

const COLLECTORS = [cpuCollector, lifecycleCollector, networkCollector];
const broken = gauge('broken', 'Fails at each read.');

let kernel: KernelFilesFake;
let table: ContainerTable;
let counts: ExporterCounts;
let gone: string[];

const location = (id: string): CgroupLocation => ({
  path: `/docker/${id}`,
  folders: { cpuacct: { version: 2, folder: `/c/${id}` }, cpu: { version: 2, folder: `/c/${id}` } },
  processFolder: `/proc/${id}`,
  hostNetwork: false,
});

beforeEach(() => {
  kernel = createKernelFilesFake();
  for (const id of ['a', 'b']) {
    kernel.contents.set(`/c/${id}/cgroup.type`, 'domain\n');
    kernel.contents.set(`/c/${id}/cpu.stat`, 'usage_usec 5000000\nuser_usec 1\nsystem_usec 1\n');
    kernel.contents.set(`/proc/${id}/net/dev`, 'eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n');
  }
  counts = createExporterCounts(['cpu', 'lifecycle', 'network', 'broken']);
  gone = [];
  table = createContainerTable({
    collectors: COLLECTORS,
    kernelFiles: kernel,
    locator: { container: ({ id }) => location(id), machine: () => undefined },
    includeLabel: () => false,
    onReadProblem: () => {},
  });
  for (const id of ['a', 'b']) table.put(aContainerInfo({ id }));
});

function scrape(): string {
  const out = createExposition([...COLLECTORS.flatMap(({ families }) => families), broken]);
  let now = 0;
  scrapeInto(out, 1_000.7, {
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
    const before = kernel.openCount();
    kernel.failures.set('/c/a/cgroup.type', 'ENODEV');
    scrape();
    expect(kernel.openCount()).toBe(before / 2);
  });

  test('drops a container that ends while it is read', () => {
    kernel.failures.set('/c/a/cpu.stat', 'ENODEV');
    const text = scrape();
    expect(text).not.toContain('container_network_receive_bytes_total{interface="eth0",id="/docker/a"');
    expect(gone).toEqual(['a']);
  });

  test('is made whole by what works when one collector fails', () => {
    const text = scrape();
    expect(text).not.toContain('broken');
    expect(counts.collectors.get('broken')).toMatchObject({ readProblems: 1, success: false });
    expect(counts.collectors.get('cpu')).toMatchObject({ readProblems: 0, success: true, seconds: 0.002 });
    expect(counts).toMatchObject({ scrapes: 1, lastScrapeSeconds: 0.018 });
  });
});
