/** When the pass runs: after events, on request, periodically, and again with back-off when it failed. */
import { describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createKeyedQueue } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { EventBurst } from './event-burst.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { PassResult } from './reconcile.ts';
import type { RulegenStatus } from './status.ts';

export type PassQueue = {
  /** As soon as possible. */
  wake(): void;
  readonly actor: Actor;
};

export type PassQueueOptions = {
  readonly reconcile: () => Promise<PassResult>;
  readonly events: Pick<EventBurst, 'mark' | 'answered'>;
  readonly status: RulegenStatus;
  readonly metrics: RulegenMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** There is one thing to look at: the whole Swarm. */
const EVERYTHING = 'services';

/** Short, so that the rules are there a moment after Prometheus is; a pass without a Prometheus costs a few reads. */
const RETRY = { firstMs: 250, maxMs: 2_000 };

export function createPassQueue(options: PassQueueOptions): PassQueue {
  const { reconcile, events, status, metrics, clock, logger } = options;
  const queue = createKeyedQueue({
    name: 'passes',
    clock,
    concurrency: 1,
    retry: RETRY,
    async run() {
      const mark = events.mark();
      const { againAfterMs, rules } = await reconcile();
      metrics.ran('success');
      status.lastSuccessMs = clock.now();
      status.lastError = undefined;
      if (rules === 'not_yet') return { againAfterMs };
      if (rules === 'changed' && mark.firstMs !== undefined)
        metrics.eventVerified(clock.now() - mark.firstMs);
      events.answered(mark);
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
  return { wake: () => queue.add(EVERYTHING), actor: queue.actor };
}
