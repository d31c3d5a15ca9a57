/**
 * The newest snapshot of the Swarm, read when something happens, every few seconds, and more often while a service is on
 * its way to another count (there are no events for tasks). Never by a scrape, and never twice at a time.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import { createBackOff } from '../internal/daemon/back-off.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createKeyedQueue } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { type SwarmSnapshot, unsettledServices } from './core/swarm-snapshot.ts';
import type { ExporterCounts } from './metrics.ts';
import type { SwarmSource } from './ports.ts';

const SWARM = 'swarm';
const SLOW_POLL_MS = 10_000;
/** Whether this engine has become a manager. */
const ROLE_POLL_MS = 60_000;
const QUICK_POLL = { firstMs: 1_000, maxMs: 5_000 };
/** Events come in bursts. */
const COALESCE_MS = 100;
/** No figures are better than old ones. */
const OLDEST_MS = 3 * SLOW_POLL_MS;

export type SwarmWatch = {
  readonly actor: Actor;
  /** Something happened. */
  wake(): void;
  /** Undefined where this engine is no manager, or has not answered for too long. */
  current(): SwarmSnapshot | undefined;
};

export type SwarmWatchOptions = {
  readonly source: SwarmSource;
  readonly counts: ExporterCounts;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createSwarmWatch({ source, counts, clock, logger }: SwarmWatchOptions): SwarmWatch {
  let newest: { readonly snapshot: SwarmSnapshot | undefined; readonly readAtMs: number } | undefined;
  const quickPoll = createBackOff(QUICK_POLL);

  const queue = createKeyedQueue({
    name: 'swarm',
    clock,
    concurrency: 1,
    retry: { firstMs: 1_000, maxMs: SLOW_POLL_MS },
    async run() {
      const readAtMs = clock.now();
      const snapshot = await source.read();
      newest = { snapshot, readAtMs };
      counts.swarmReads += 1;
      if (snapshot === undefined) return { againAfterMs: ROLE_POLL_MS };
      if (unsettledServices(snapshot.services).length > 0) return { againAfterMs: quickPoll.nextMs() };
      quickPoll.reset();
      return { againAfterMs: SLOW_POLL_MS };
    },
    onError(_key, error, retryAfterMs) {
      counts.swarmReadFailures += 1;
      logger.warn('swarm not read', { error: describeError(error), retryAfterMs });
    },
  });

  return {
    actor: queue.actor,
    wake() {
      // A manager has more to say now; on any other engine nothing that happens concerns the Swarm.
      if (newest !== undefined && newest.snapshot === undefined) return;
      quickPoll.reset();
      queue.addAfter(SWARM, COALESCE_MS);
    },
    current() {
      if (newest === undefined || clock.now() - newest.readAtMs > OLDEST_MS) return undefined;
      return newest.snapshot;
    },
  };
}
