/** Whatever a kernel file says: nothing fails, nothing else changes, and no number is made up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createProcfsCgroupLocator } from '../../../../exporter/adapters/procfs-cgroup-locator.ts';
import { createCgroupFiles } from '../../../../exporter/cgroup-files.ts';
import { createBlkioCollector } from '../../../../exporter/collectors/blkio.ts';
import type { ContainerCollector } from '../../../../exporter/collectors/collector.ts';
import { cpuCollector } from '../../../../exporter/collectors/cpu.ts';
import { memoryCollector } from '../../../../exporter/collectors/memory.ts';
import { networkCollector } from '../../../../exporter/collectors/network.ts';
import { pidsCollector } from '../../../../exporter/collectors/pids.ts';
import { pressureCollector } from '../../../../exporter/collectors/pressure.ts';
import { specCollector } from '../../../../exporter/collectors/spec.ts';
import type { Samples } from '../../../../exporter/core/exposition.ts';
import { aContainerInfo } from '../../../fakes/container-source.ts';
import { createKernelFilesFake, type KernelFilesFake } from '../../../fakes/kernel-files.ts';
import { FIXTURE_CONTAINER, KERNEL_LAYOUTS, unpackKernelTree } from '../../../fakes/kernel-tree.ts';

const COLLECTORS: readonly ContainerCollector[] = [
  cpuCollector,
  memoryCollector,
  specCollector,
  pidsCollector,
  networkCollector,
  pressureCollector,
  createBlkioCollector((major, minor) => `${major}:${minor}`),
];
const { web } = FIXTURE_CONTAINER;
/** Files of several records: what is missing at their end must not change what stands before. */
const OF_RECORDS = /(\.stat|\.events|\.pressure|net\/dev|blkio\.throttle\.\w+|oom_control)$/;

/** The fixture's files in memory, and the paths of those that belong to the container. */
function load(layout: (typeof KERNEL_LAYOUTS)[number]) {
  using tree = unpackKernelTree(layout);
  const kernel = createKernelFilesFake();
  const root = join(tree.procfs, '..');
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) kernel.contents.set(path, readFileSync(path, 'utf8'));
  }
  const paths = { procfs: tree.procfs, cgroup: tree.cgroup, machineCgroup: '/' };
  const location = createProcfsCgroupLocator(paths).container(aContainerInfo({ id: web.id, pid: web.pid }));
  if (location === undefined) throw new Error(`the container is not in ${layout}`);
  const own = [...kernel.contents.keys()].filter(
    (path) => path.includes(web.id) || path.includes(`/${web.pid}/net`),
  );
  return { kernel, location, own };
}

/** Each sample by its family and labels. */
function readAll({ kernel, location }: ReturnType<typeof load>): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const out: Samples = {
    add({ name, fixedLabels = [] }, labels, value) {
      if (!Number.isNaN(value))
        samples.set(`${name} ${String(fixedLabels)} ${new TextDecoder().decode(labels)}`, value);
    },
  };
  const files = createCgroupFiles(location, kernel, () => {});
  const info = (): ReturnType<typeof aContainerInfo> => aContainerInfo({ id: web.id });
  for (const collector of COLLECTORS) collector.open({ files, labels: new Uint8Array(0), info }).read(out, 0);
  files.close();
  return samples;
}

describe.each(KERNEL_LAYOUTS)('a kernel file on %s', (layout) => {
  let tree: ReturnType<typeof load>;
  let kernel: KernelFilesFake;
  let whole: ReadonlyMap<string, number>;
  beforeEach(() => {
    tree = load(layout);
    kernel = tree.kernel;
    whole = readAll(tree);
    expect(whole.size).toBeGreaterThan(20);
  });
  /** With one file saying something else. */
  const readWith = (path: string, content: string): ReadonlyMap<string, number> => {
    const before = kernel.contents.get(path) ?? '';
    kernel.contents.set(path, content);
    try {
      return readAll(tree);
    } finally {
      kernel.contents.set(path, before);
    }
  };

  test('that is cut off anywhere gives its figures, or fewer of them, and never others', () => {
    const paths = tree.own.filter((path) => OF_RECORDS.test(path));
    expect(paths.length).toBeGreaterThan(4);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.nat(2_000), (path, length) => {
        const content = kernel.contents.get(path) ?? '';
        for (const [series, value] of readWith(path, content.slice(0, length % (content.length + 1))))
          expect([series, value]).toEqual([series, whole.get(series)]);
      }),
      { numRuns: 100 },
    );
  });

  test('of any bytes breaks nothing, and changes nothing that is read elsewhere', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(
          fc.constantFrom('12', '-1', 'max', ' ', '\n', 'some', 'total=', 'anon', '8:0', 'rbytes=', 'eth0:'),
          { maxLength: 30 },
        )
        .map((words) => words.join('')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...tree.own), junk, (path, content) => {
        const now = readWith(path, content);
        for (const [series, value] of now)
          expect([series, value >= 0 && Number.isFinite(value)]).toEqual([series, true]);
        const changed = [...whole].filter(([series, value]) => now.get(series) !== value);
        expect(new Set(changed.map(([series]) => sourceOf(series))).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});

/** `container_memory_…` and `container_oom_…` come from several files of one collector. */
function sourceOf(series: string): string {
  const kind = /^container_(spec_)?(cpu|memory|oom|fs|blkio|network|threads|processes|pressure)/.exec(series);
  const word = kind?.[2] ?? series;
  return { oom: 'memory', blkio: 'fs', threads: 'pids', processes: 'pids' }[word] ?? word;
}
