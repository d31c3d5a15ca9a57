/** When the pass runs: after events, on request, periodically, and again with back-off when it failed. */
import { describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createKeyedQueue } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { PassResult } from './reconcile.ts';
import type { RulegenStatus } from './status.ts';

export type PassQueue = {
  /** As soon as possible. */
  wake(): void;
  /** The same, for events of which the first came at that time. */
  wakeByEvent(firstMs: number): void;
  readonly actor: Actor;
};

export type PassQueueOptions = {
  readonly reconcile: () => Promise<PassResult>;
  readonly status: RulegenStatus;
  readonly metrics: RulegenMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** There is one thing to look at: the whole Swarm. */
const EVERYTHING = 'services';

/** Short, so that the rules are there a moment after Prometheus is; a pass without a Prometheus costs a few reads. */
const RETRY = { firstMs: 250, maxMs: 2_000 };

export function createPassQueue({ reconcile, status, metrics, clock, logger }: PassQueueOptions): PassQueue {
  /** When the first event came that no successful pass has answered. */
  let eventAtMs: number | undefined;
  const queue = createKeyedQueue({
    name: 'passes',
    clock,
    concurrency: 1,
    retry: RETRY,
    async run() {
      const sinceMs = eventAtMs;
      const { againAfterMs, rulesChanged } = await reconcile();
      metrics.ran('success');
      status.lastSuccessMs = clock.now();
      status.lastError = undefined;
      if (rulesChanged && sinceMs !== undefined) metrics.eventVerified(clock.now() - sinceMs);
      if (eventAtMs === sinceMs) eventAtMs = undefined;
      return { againAfterMs };
    },
    onError(_key, error, retryAfterMs) {
      metrics.ran('error');
      const message = describeError(error);
      const stack = error instanceof Error && !isAppError(error) ? { stack: error.stack } : {};
      // The same failure at every retry is said once.
      if (status.lastError !== message || 'stack' in stack)
        logger.error('pass failed', { error: message, retryAfterMs, ...stack });
      status.lastError = message;
    },
  });
  return {
    wake: () => queue.add(EVERYTHING),
    wakeByEvent(firstMs) {
      eventAtMs = Math.min(firstMs, eventAtMs ?? firstMs);
      queue.add(EVERYTHING);
    },
    actor: queue.actor,
  };
}
