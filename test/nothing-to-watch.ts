/** What metrics read at a scrape, where nothing goes on: for tests of which metrics there are. */
import type { ExecutorMetrics } from '../executor/metrics.ts';

export const NOTHING_TO_WATCH: Parameters<ExecutorMetrics['watch']>[0] = {
  queueWaiting: () => 0,
  queueWaitedMs: () => 0,
  streamReaders: () => 0,
  isPaused: () => false,
  pausedTargets: () => 0,
  pools: () => [],
  partState: () => 'ok',
};
