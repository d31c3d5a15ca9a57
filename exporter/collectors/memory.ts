import type { CgroupFiles } from '../cgroup-files.ts';
import type { Family, LabelText, Samples } from '../core/exposition.ts';
import type { CgroupCollector, CgroupTarget } from './collector.ts';
import {
  cache,
  eventsHigh,
  eventsMax,
  failcnt,
  inactiveFile,
  kernelUsage,
  MEMORY_FAMILIES,
  maxUsage,
  oomEvents,
  rss,
  STAT,
  type StatRow,
  swap,
  usage,
  workingSet,
} from './memory-families.ts';

export const memoryCollector: CgroupCollector = {
  name: 'memory',
  families: MEMORY_FAMILIES,
  open(target) {
    return { read: target.files.version('memory') === 2 ? readerV2(target) : readerV1(target) };
  },
  openStats({ labels, stats }) {
    return {
      read(out) {
        const now = stats()?.memory;
        if (now === undefined) return;
        const figure = ([v1, v2]: StatRow): number => {
          const value = now.stat[v1] ?? now.stat[v2];
          return typeof value === 'number' ? value : Number.NaN;
        };
        for (const row of STAT) for (const family of row[2]) out.add(family, labels, figure(row));
        addUsage(out, labels, now.usageBytes, figure(INACTIVE_FILE_ROW));
        out.add(maxUsage, labels, now.maxUsageBytes);
        out.add(failcnt, labels, now.limitHits);
      },
    };
  },
};

const INACTIVE_FILE_ROW: StatRow = ['total_inactive_file', 'inactive_file', []];

type Read = (out: Samples) => void;

function readerV1(target: CgroupTarget): Read {
  const { files, labels, wholeMachine = false } = target;
  const usageNow = files.number('memory', 'memory.usage_in_bytes');
  const stat = statReader(files, labels, wholeMachine, ([v1]) => v1);
  const numbers = [
    [maxUsage, files.number('memory', 'memory.max_usage_in_bytes')],
    [failcnt, files.number('memory', 'memory.failcnt')],
    [kernelUsage, files.number('memory', 'memory.kmem.usage_in_bytes')],
  ] as const;
  const oom = files.keyed('memory', 'memory.oom_control', ['oom_kill']);
  return (out) => {
    const { inactive } = stat(out);
    addUsage(out, labels, usageNow(), inactive);
    for (const [family, now] of numbers) out.add(family, labels, now());
    addOomKills(out, target, oom()[0] as number);
  };
}

function readerV2(target: CgroupTarget): Read {
  const { files, labels, wholeMachine = false } = target;
  const usageNow = files.number('memory', 'memory.current');
  const stat = statReader(files, labels, wholeMachine, ([, v2]) => v2);
  const numbers = [
    [maxUsage, files.number('memory', 'memory.peak')],
    [swap, wholeMachine ? () => Number.NaN : files.number('memory', 'memory.swap.current')],
  ] as const;
  const events = files.keyed('memory', 'memory.events', ['high', 'max', 'oom_kill']);
  return (out) => {
    const { inactive, cacheAndRss } = stat(out);
    const current = usageNow();
    // The root of version 2 has no memory.current.
    addUsage(out, labels, Number.isNaN(current) ? cacheAndRss : current, inactive);
    for (const [family, now] of numbers) out.add(family, labels, now());
    const [high = Number.NaN, max = Number.NaN, kills = Number.NaN] = events();
    out.add(eventsHigh, labels, high);
    out.add(eventsMax, labels, max);
    out.add(failcnt, labels, max);
    addOomKills(out, target, kills);
  };
}

function addOomKills(out: Samples, { labels, wholeMachine, onOomKills }: CgroupTarget, kills: number): void {
  // The root counts its own processes alone.
  if (wholeMachine === true) return;
  out.add(oomEvents, labels, kills);
  onOomKills?.(kills);
}

function addUsage(out: Samples, labels: LabelText, bytes: number, inactive: number): void {
  out.add(usage, labels, bytes);
  out.add(workingSet, labels, Math.max(0, bytes - inactive));
}

type StatSums = { inactive: number; cacheAndRss: number };

/** Adds the families of `memory.stat`, and gives what others are computed of. */
function statReader(
  files: CgroupFiles,
  labels: LabelText,
  wholeMachine: boolean,
  keyOf: (row: StatRow) => string,
): (out: Samples) => StatSums {
  const rows = STAT.filter((row) => keyOf(row) !== '' && !(wholeMachine && row[2].includes(swap)));
  const read = files.keyed('memory', 'memory.stat', rows.map(keyOf));
  const indexOf = (family: Family): number => rows.findIndex(([, , families]) => families.includes(family));
  const [inactiveAt, cacheAt, rssAt] = [inactiveFile, cache, rss].map(indexOf) as [number, number, number];
  const sums: StatSums = { inactive: Number.NaN, cacheAndRss: Number.NaN };
  return (out) => {
    const values = read();
    for (let index = 0; index < rows.length; index += 1)
      for (const family of (rows[index] as StatRow)[2]) out.add(family, labels, values[index] as number);
    sums.inactive = values[inactiveAt] as number;
    sums.cacheAndRss = (values[cacheAt] as number) + (values[rssAt] as number);
    return sums;
  };
}
