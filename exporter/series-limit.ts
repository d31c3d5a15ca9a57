/** Keeps a scrape within `--series.limit`, and says what it leaves out when that changes. */
import { SWARM_CONTAINER_LABEL } from '../internal/contract/labels.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { ContainerCollector } from './collectors/collector.ts';
import type { TrackedContainer } from './container-table.ts';
import type { ContainerInfo } from './core/container-info.ts';
import type { Samples } from './core/exposition.ts';
import { planSeries, type SeriesPlan } from './core/plan-series.ts';

export type ShownSeries = {
  readonly containers: readonly TrackedContainer[];
  /** How many of the collectors, counted from the first. */
  readonly collectors: number;
};

export type SeriesLimit = {
  choose(live: readonly TrackedContainer[], nowSeconds: number): ShownSeries;
  /** What the last choice left out; undefined without a limit. */
  plan(): SeriesPlan | undefined;
  /** Series that there is room for beside those. */
  room(): number;
};

export type SeriesLimitOptions = {
  /** 0 is none. */
  readonly limit: number;
  readonly collectors: readonly ContainerCollector[];
  readonly logger: Logger;
};

/** Without these a container is no use to the rules. */
const ESSENTIAL = ['cpu', 'lifecycle', 'memory'];

export function createSeriesLimit({ limit, collectors, logger }: SeriesLimitOptions): SeriesLimit {
  const essential = collectors.filter(({ name }) => ESSENTIAL.includes(name)).length;
  let plan: SeriesPlan | undefined;
  const report = (next: SeriesPlan, ordered: readonly TrackedContainer[]): void => {
    const { leftOut, leftOutContainers } = next;
    if (
      leftOutContainers === (plan?.leftOutContainers ?? 0) &&
      next.collectors === (plan?.collectors ?? collectors.length)
    )
      return;
    logger.warn('series left out', {
      limit,
      leftOut,
      collectors: collectors.slice(next.collectors).map(({ name }) => name),
      containers: ordered.slice(next.containers).map(({ info }) => info.name),
    });
  };
  return {
    choose(live, nowSeconds) {
      if (limit === 0) return { containers: live, collectors: collectors.length };
      const ordered = live.toSorted((a, b) => byImportance(a.info, b.info));
      for (const container of ordered) countUnread(container, nowSeconds);
      const counts = ordered.map(({ seriesCounts }) => seriesCounts);
      const next = planSeries({ counts, collectors: collectors.length, essential, limit });
      report(next, ordered);
      plan = next;
      return { containers: ordered.slice(0, next.containers), collectors: next.collectors };
    },
    plan: () => plan,
    room: () => (limit === 0 ? Number.POSITIVE_INFINITY : limit - (plan?.shown ?? 0)),
  };
}

/** Containers of services first: they are what is scaled. Then the older one, which has a history to go on with. */
function byImportance(a: ContainerInfo, b: ContainerInfo): number {
  return (
    Number(ofService(b)) - Number(ofService(a)) ||
    a.startedSeconds - b.startedSeconds ||
    (a.id < b.id ? -1 : 1)
  );
}

const ofService = ({ labels }: ContainerInfo): boolean =>
  labels[SWARM_CONTAINER_LABEL.serviceId] !== undefined;

/** A container that was never in a scrape is read once into nothing, to know how much it would add. */
function countUnread(container: TrackedContainer, nowSeconds: number): void {
  container.readings.forEach((reading, index) => {
    if (!Number.isNaN(container.seriesCounts[index])) return;
    let count = 0;
    const nowhere: Samples = {
      add(_family, _labels, value) {
        if (!Number.isNaN(value)) count += 1;
      },
    };
    try {
      reading.read(nowhere, nowSeconds);
    } catch {
      // It ended just now; the scrape itself finds out, and takes it out.
    }
    container.seriesCounts[index] = count;
  });
}
