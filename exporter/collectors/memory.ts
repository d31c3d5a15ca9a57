import type { Figure, Watched } from '../cgroup-files.ts';
import type { Family, LabelText, Samples } from '../core/exposition.ts';
import { keyedFormat } from '../core/kernel-text.ts';
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

const OOM_V1 = keyedFormat('oom_kill');

function readerV1(target: CgroupTarget): Read {
  const { files, labels, wholeMachine = false } = target;
  const usageNow = files.number('memory', 'memory.usage_in_bytes');
  const stat = openStat(target, wholeMachine ? STAT_OF.machineV1 : STAT_OF.containerV1);
  const most = files.number('memory', 'memory.max_usage_in_bytes');
  const hits = files.number('memory', 'memory.failcnt');
  const kernel = files.number('memory', 'memory.kmem.usage_in_bytes');
  const oom = files.keyed('memory', 'memory.oom_control', OOM_V1);
  return (out) => {
    const { inactive } = stat(out);
    addUsage(out, labels, usageNow.read().value, inactive);
    out.add(maxUsage, labels, most.read().value);
    out.add(failcnt, labels, hits.read().value);
    out.add(kernelUsage, labels, kernel.read().value);
    addOomKills(out, target, oom.read()[0] as number);
  };
}

const EVENTS_V2 = keyedFormat('high', 'max', 'oom_kill');

function readerV2(target: CgroupTarget): Read {
  const { files, labels, wholeMachine = false } = target;
  const usageNow = files.number('memory', 'memory.current');
  const stat = openStat(target, wholeMachine ? STAT_OF.machineV2 : STAT_OF.containerV2);
  const most = files.number('memory', 'memory.peak');
  const swapped: Watched<Figure> | undefined = wholeMachine
    ? undefined
    : files.number('memory', 'memory.swap.current');
  const events = files.keyed('memory', 'memory.events', EVENTS_V2);
  return (out) => {
    const { inactive, cacheAndRss } = stat(out);
    const current = usageNow.read().value;
    // The root of version 2 has no memory.current.
    addUsage(out, labels, Number.isNaN(current) ? cacheAndRss : current, inactive);
    out.add(maxUsage, labels, most.read().value);
    if (swapped !== undefined) out.add(swap, labels, swapped.read().value);
    const [high = Number.NaN, max = Number.NaN, kills = Number.NaN] = events.read();
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

/** What is read of a `memory.stat`, and where in it that stands of which others are computed. */
function statFormat(wholeMachine: boolean, keyOf: (row: StatRow) => string) {
  const rows = STAT.filter((row) => keyOf(row) !== '' && !(wholeMachine && row[2].includes(swap)));
  const placeOf = (family: Family): number => rows.findIndex(([, , families]) => families.includes(family));
  return {
    format: keyedFormat(...rows.map(keyOf)),
    families: rows.map(([, , families]) => families),
    inactiveAt: placeOf(inactiveFile),
    cacheAt: placeOf(cache),
    rssAt: placeOf(rss),
  };
}

type StatFormat = ReturnType<typeof statFormat>;

const STAT_OF = {
  containerV1: statFormat(false, ([v1]) => v1),
  containerV2: statFormat(false, ([, v2]) => v2),
  machineV1: statFormat(true, ([v1]) => v1),
  machineV2: statFormat(true, ([, v2]) => v2),
};

/** Of the container that is being read. */
const sums = { inactive: Number.NaN, cacheAndRss: Number.NaN };

/** Adds the families of `memory.stat`, and gives what others are computed of. */
function openStat(
  { files, labels }: CgroupTarget,
  layout: StatFormat,
): (out: Samples) => Readonly<typeof sums> {
  const stat = files.keyed('memory', 'memory.stat', layout.format);
  return (out) => {
    const values = stat.read();
    const { families } = layout;
    for (let index = 0; index < families.length; index += 1)
      for (const family of families[index] as readonly Family[])
        out.add(family, labels, values[index] as number);
    sums.inactive = values[layout.inactiveAt] as number;
    sums.cacheAndRss = (values[layout.cacheAt] as number) + (values[layout.rssAt] as number);
    return sums;
  };
}
