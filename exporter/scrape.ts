/**
 * One scrape: reads every figure at this moment and writes it down, without a call to Docker and without waiting for
 * anything. Collector by collector, so that each can be timed and the code that runs stays warm.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { isGone } from './cgroup-files.ts';
import type { ContainerCollector, NodeCollector } from './collectors/collector.ts';
import type { ContainerTable, TrackedContainer } from './container-table.ts';
import type { Exposition } from './core/exposition.ts';
import type { ExporterCounts } from './metrics.ts';
import type { SeriesLimit } from './series-limit.ts';

export type ScrapeOptions = {
  readonly containerCollectors: readonly ContainerCollector[];
  readonly nodeCollectors: readonly NodeCollector[];
  readonly table: ContainerTable;
  readonly seriesLimit: SeriesLimit;
  readonly counts: ExporterCounts;
  readonly logger: Logger;
  /** Of a clock that only runs forward, in fractions of a millisecond. */
  monotonicMs(): number;
  /** The container was found gone: look whether it was started again. */
  onGone(id: string): void;
};

export type ScrapeRequest = {
  readonly nowSeconds: number;
  wants(collector: string): boolean;
  /** By the clock that only runs forward: what has not been read by then is left out. */
  readonly deadlineMs: number;
};

type Output = Pick<Exposition, 'add' | 'count'>;

export function scrapeInto(out: Output, request: ScrapeRequest, options: ScrapeOptions): void {
  const { counts } = options;
  let whole = readContainers(out, request, options);
  for (const collector of options.nodeCollectors) {
    if (!request.wants(collector.name)) continue;
    const inTime = timed(collector.name, request, options, (mayGoOn) => {
      if (mayGoOn()) readNode(collector, out, request, options);
    });
    whole &&= inTime;
  }
  counts.scrapes += 1;
  if (!whole) counts.scrapesCutShort += 1;
}

/** False where the time was over before all was read. */
function readContainers(out: Output, request: ScrapeRequest, options: ScrapeOptions): boolean {
  const { table, seriesLimit } = options;
  const live = [...table.tracked().values()].filter((container) =>
    aliveAfter(container, () => container.feelPulse(request.nowSeconds), options),
  );
  const shown = seriesLimit.choose(live, request.nowSeconds);
  let whole = true;
  options.containerCollectors.forEach((collector, index) => {
    if (!request.wants(collector.name) || index >= shown.collectors) return;
    const inTime = timed(collector.name, request, options, (mayGoOn) => {
      for (const container of shown.containers) {
        if (!mayGoOn()) return;
        if (table.get(container.info.id) !== container) continue;
        const before = out.count();
        const read = (): void => container.readings[index]?.read(out, request.nowSeconds);
        aliveAfter(container, read, options, collector.name);
        container.seriesCounts[index] = out.count() - before;
      }
    });
    whole &&= inTime;
  });
  return whole;
}

function readNode(
  collector: NodeCollector,
  out: Output,
  request: ScrapeRequest,
  options: ScrapeOptions,
): void {
  try {
    collector.read(out, request.nowSeconds);
  } catch (error) {
    readFailed(collector.name, error, options);
  }
}

/** False, and the container out of the table, where the reading shows that it is gone. Anything else is counted. */
function aliveAfter(
  container: TrackedContainer,
  read: () => void,
  options: ScrapeOptions,
  collector = 'lifecycle',
): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (!isGone(error)) {
      readFailed(collector, error, options);
      return true;
    }
    options.table.remove(container.info.id);
    options.onGone(container.info.id);
    return false;
  }
}

function readFailed(collector: string, error: unknown, { counts, logger }: ScrapeOptions): void {
  const own = counts.collectors.get(collector);
  if (own !== undefined) own.readProblems += 1;
  logger.debug('reading failed', { collector, error: describeError(error) });
}

/** False where `act` asked whether it may go on and was told no: a machine that starves us may take any step long. */
function timed(
  name: string,
  { deadlineMs }: ScrapeRequest,
  { counts, monotonicMs }: ScrapeOptions,
  act: (mayGoOn: () => boolean) => void,
): boolean {
  const own = counts.collectors.get(name);
  const problemsBefore = own?.readProblems;
  const startMs = monotonicMs();
  let inTime = true;
  act(() => {
    inTime &&= deadlineMs === Number.POSITIVE_INFINITY || monotonicMs() < deadlineMs;
    return inTime;
  });
  if (own !== undefined) {
    own.seconds = (monotonicMs() - startMs) / 1000;
    own.success = inTime && own.readProblems === problemsBefore;
  }
  return inTime;
}
