/**
 * One scrape: reads every figure at this moment and writes it down, without a call to Docker and without waiting for
 * anything. Collector by collector, so that each can be timed and the code that runs stays warm.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { isGone } from './cgroup-files.ts';
import type { ContainerCollector, NodeCollector } from './collectors/collector.ts';
import type { ContainerTable, TrackedContainer } from './container-table.ts';
import type { Samples } from './core/exposition.ts';
import type { CollectorCounts, ExporterCounts } from './metrics.ts';

export type ScrapeOptions = {
  readonly containerCollectors: readonly ContainerCollector[];
  readonly nodeCollectors: readonly NodeCollector[];
  readonly table: ContainerTable;
  readonly counts: ExporterCounts;
  readonly logger: Logger;
  /** Of a clock that only runs forward, in fractions of a millisecond. */
  monotonicMs(): number;
  /** The container was found gone: look whether it was started again. */
  onGone(id: string): void;
};

export function scrapeInto(out: Samples, nowSeconds: number, options: ScrapeOptions): void {
  const { table, counts, monotonicMs } = options;
  const startMs = monotonicMs();
  const live = [...table.tracked().values()].filter((container) =>
    aliveAfter(container, () => container.checkAlive(), options),
  );
  options.containerCollectors.forEach((collector, index) => {
    timed(collector.name, options, () => {
      for (const container of live) {
        if (!table.tracked().has(container.info.id)) continue;
        aliveAfter(
          container,
          () => container.readings[index]?.read(out, nowSeconds),
          options,
          collector.name,
        );
      }
    });
  });
  for (const collector of options.nodeCollectors)
    timed(collector.name, options, () => {
      try {
        collector.read(out, nowSeconds);
      } catch (error) {
        readFailed(collector.name, error, options);
      }
    });
  counts.scrapes += 1;
  counts.lastScrapeSeconds = (monotonicMs() - startMs) / 1000;
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

function timed(name: string, { counts, monotonicMs }: ScrapeOptions, act: () => void): void {
  const own: CollectorCounts | undefined = counts.collectors.get(name);
  const problemsBefore = own?.readProblems;
  const startMs = monotonicMs();
  act();
  if (own === undefined) return;
  own.seconds = (monotonicMs() - startMs) / 1000;
  own.success = own.readProblems === problemsBefore;
}
