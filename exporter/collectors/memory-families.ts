/** What is said of memory. */
import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import type { Family } from '../core/exposition.ts';
import { counter, gauge } from './collector.ts';

export const usage = gauge('container_memory_usage_bytes', 'Memory used, page cache included.');
export const workingSet = gauge(
  CONTAINER_METRIC.memoryWorkingSetBytes,
  'Memory used without the page cache that was not touched lately.',
);
export const maxUsage = gauge('container_memory_max_usage_bytes', 'The most memory that was ever used.');
// cAdvisor calls it a counter; as one it would want another name.
export const failcnt = gauge('container_memory_failcnt', 'How often the memory limit was hit.');
export const swap = gauge('container_memory_swap', 'Swap used, in bytes.');
export const kernelUsage = gauge(
  'container_memory_kernel_usage',
  'Memory that the kernel uses for it, in bytes.',
);
export const oomEvents = counter('container_oom_events_total', 'Processes killed for want of memory.');
export const eventsHigh = counter(
  'container_memory_events_high_total',
  'Times that processes were slowed down at memory.high.',
);
export const eventsMax = counter(
  'container_memory_events_max_total',
  'Times that the limit was about to be exceeded.',
);

export const rss = gauge('container_memory_rss', 'Anonymous memory, in bytes.');
export const cache = gauge('container_memory_cache', 'Page cache, in bytes.');
export const mappedFile = gauge('container_memory_mapped_file', 'Memory mapped files, in bytes.');
const fileDirty = gauge('container_memory_file_dirty_bytes', 'Page cache that is not written yet.');
const fileWriteback = gauge('container_memory_file_writeback_bytes', 'Page cache that is being written.');
export const activeFile = gauge(
  'container_memory_total_active_file_bytes',
  'Page cache that was touched lately.',
);
export const inactiveFile = gauge(
  'container_memory_total_inactive_file_bytes',
  'Page cache that was not touched lately.',
);
const refaultAnonymous = counter(
  'container_memory_workingset_refault_anon_total',
  'Anonymous pages that were wanted again soon after they were swapped out.',
);
const refaultFile = counter(
  'container_memory_workingset_refault_file_total',
  'Pages of files that were wanted again soon after they were dropped.',
);
const scanned = counter('container_memory_pgscan_total', 'Pages looked at to be freed.');
const stolen = counter('container_memory_pgsteal_total', 'Pages freed.');

const failures = (type: string, scope: string): Family => ({
  ...counter('container_memory_failures_total', 'Page faults, by type and by scope.'),
  fixedLabels: [
    ['failure_type', type],
    ['scope', scope],
  ],
});
/** A container of Docker's is one cgroup with all that is in it, so that both scopes say the same. */
const bothScopes = (type: string): readonly Family[] =>
  ['container', 'hierarchy'].map((scope) => failures(type, scope));
const faults = bothScopes('pgfault');
const majorFaults = bothScopes('pgmajfault');

export type StatRow = readonly [v1: string, v2: string, families: readonly Family[]];
/** The families of `memory.stat`: key in version 1, key in version 2 (empty where there is none), in the kernel's order. */
export const STAT: readonly StatRow[] = [
  ['total_cache', 'file', [cache]],
  ['total_rss', 'anon', [rss]],
  ['', 'kernel', [kernelUsage]],
  ['total_mapped_file', 'file_mapped', [mappedFile]],
  ['total_dirty', 'file_dirty', [fileDirty]],
  ['total_writeback', 'file_writeback', [fileWriteback]],
  ['total_workingset_refault_anon', '', [refaultAnonymous]],
  ['total_workingset_refault_file', '', [refaultFile]],
  ['total_swap', '', [swap]],
  ['total_pgfault', '', faults],
  ['total_pgmajfault', '', majorFaults],
  ['total_inactive_file', 'inactive_file', [inactiveFile]],
  ['total_active_file', 'active_file', [activeFile]],
  ['', 'workingset_refault_anon', [refaultAnonymous]],
  ['', 'workingset_refault_file', [refaultFile]],
  ['', 'pgscan', [scanned]],
  ['', 'pgsteal', [stolen]],
  ['', 'pgfault', faults],
  ['', 'pgmajfault', majorFaults],
];

export const MEMORY_FAMILIES: readonly Family[] = [
  [usage, workingSet, maxUsage, failcnt, swap, kernelUsage, oomEvents, eventsHigh, eventsMax],
  [rss, cache, mappedFile, fileDirty, fileWriteback, activeFile, inactiveFile],
  [refaultAnonymous, refaultFile, scanned, stolen, ...faults, ...majorFaults],
].flat();
