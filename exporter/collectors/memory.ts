import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import type { CgroupFiles } from '../cgroup-files.ts';
import { type CgroupCollector, counter, gauge } from './collector.ts';

const usage = gauge('container_memory_usage_bytes', 'Memory used, page cache included.');
const workingSet = gauge(
  CONTAINER_METRIC.memoryWorkingSetBytes,
  'Memory used without the page cache that was not touched lately.',
);
const rss = gauge('container_memory_rss', 'Anonymous memory, in bytes.');
const cache = gauge('container_memory_cache', 'Page cache, in bytes.');
const mappedFile = gauge('container_memory_mapped_file', 'Memory mapped files, in bytes.');
const swap = gauge('container_memory_swap', 'Swap used, in bytes.');
const maxUsage = gauge('container_memory_max_usage_bytes', 'The most memory that was ever used.');
// cAdvisor calls it a counter; as one it would want another name.
const failcnt = gauge('container_memory_failcnt', 'How often the memory limit was hit.');
const oomEvents = counter('container_oom_events_total', 'Processes killed for want of memory.');

export const memoryCollector: CgroupCollector = {
  name: 'memory',
  families: [usage, workingSet, rss, cache, mappedFile, swap, maxUsage, failcnt, oomEvents],
  open({ files, labels }) {
    const read = files.version('memory') === 2 ? readerV2(files) : readerV1(files);
    return {
      read(out) {
        const now = read();
        out.add(usage, labels, now.usage);
        out.add(workingSet, labels, Math.max(0, now.usage - now.inactiveFile));
        out.add(rss, labels, now.anonymous);
        out.add(cache, labels, now.file);
        out.add(mappedFile, labels, now.mappedFile);
        out.add(swap, labels, now.swap);
        out.add(maxUsage, labels, now.maxUsage);
        out.add(failcnt, labels, now.limitHits);
        out.add(oomEvents, labels, now.oomKills);
      },
    };
  },
};

type Figures = {
  usage: number;
  inactiveFile: number;
  anonymous: number;
  file: number;
  mappedFile: number;
  swap: number;
  maxUsage: number;
  limitHits: number;
  oomKills: number;
};

const STAT_V1 = ['total_cache', 'total_rss', 'total_mapped_file', 'total_swap', 'total_inactive_file'];

function readerV1(files: CgroupFiles): () => Figures {
  const usageNow = files.number('memory', 'memory.usage_in_bytes');
  const stat = files.keyed('memory', 'memory.stat', STAT_V1);
  const most = files.number('memory', 'memory.max_usage_in_bytes');
  const hits = files.number('memory', 'memory.failcnt');
  const oom = files.keyed('memory', 'memory.oom_control', ['oom_kill']);
  return () => {
    const [file = Number.NaN, anonymous = Number.NaN, mapped = Number.NaN, swapped = Number.NaN, inactive] =
      stat();
    const [oomKills = Number.NaN] = oom();
    return {
      usage: usageNow(),
      inactiveFile: inactive ?? Number.NaN,
      anonymous,
      file,
      mappedFile: mapped,
      swap: swapped,
      maxUsage: most(),
      limitHits: hits(),
      oomKills,
    };
  };
}

const STAT_V2 = ['anon', 'file', 'file_mapped', 'inactive_file'];

function readerV2(files: CgroupFiles): () => Figures {
  const usageNow = files.number('memory', 'memory.current');
  const stat = files.keyed('memory', 'memory.stat', STAT_V2);
  const most = files.number('memory', 'memory.peak');
  const swapped = files.number('memory', 'memory.swap.current');
  const events = files.keyed('memory', 'memory.events', ['max', 'oom_kill']);
  return () => {
    const [anonymous = Number.NaN, file = Number.NaN, mapped = Number.NaN, inactive = Number.NaN] = stat();
    const [limitHits = Number.NaN, oomKills = Number.NaN] = events();
    const current = usageNow();
    return {
      // The root of version 2 has no memory.current.
      usage: Number.isNaN(current) ? anonymous + file : current,
      inactiveFile: inactive,
      anonymous,
      file,
      mappedFile: mapped,
      swap: swapped(),
      maxUsage: most(),
      limitHits,
      oomKills,
    };
  };
}
