/**
 * The end of the verification: loaded rules are looked at until each was evaluated once, and from time to time after that.
 * It holds up no pass: a first evaluation may come a whole interval after the reload.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createKeyedQueue } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { RuleLoader } from './rule-loader.ts';

export type EvaluationWatch = {
  /** The server with this address has just loaded rules. */
  loaded(url: string): void;
  readonly actor: Actor;
};

export type EvaluationWatchOptions = {
  loaders(): readonly RuleLoader[];
  readonly clock: Clock;
  readonly metrics: Pick<RulegenMetrics, 'evaluated'>;
  readonly logger: Logger;
};

const FIRST_LOOK_MS = 1_000;
/** Each look reads all rules: with a thousand services that is megabytes, so looks become rarer. */
const RAREST_LOOK_MS = 600_000;

export function createEvaluationWatch(options: EvaluationWatchOptions): EvaluationWatch {
  const { clock, metrics, logger } = options;
  /** Rules that were loaded at that time and are not all evaluated yet, by server. */
  const waiting = new Map<string, number>();
  const lookedAfterMs = new Map<string, number>();
  const queue = createKeyedQueue({
    name: 'evaluations',
    clock,
    concurrency: 1,
    retry: { firstMs: FIRST_LOOK_MS, maxMs: 60_000 },
    async run(url) {
      const loader = options.loaders().find((one) => one.url === url);
      if (loader === undefined) return {};
      const { pending } = await loader.readEvaluations();
      const loadedAtMs = waiting.get(url);
      if (pending === 0 && loadedAtMs !== undefined) {
        metrics.evaluated(clock.now() - loadedAtMs);
        waiting.delete(url);
      }
      const doubledMs = 2 * (lookedAfterMs.get(url) ?? FIRST_LOOK_MS);
      const nextMs = pending === 0 ? RAREST_LOOK_MS : Math.min(RAREST_LOOK_MS, doubledMs);
      lookedAfterMs.set(url, nextMs);
      return { againAfterMs: nextMs };
    },
    onError: (url, error, retryAfterMs) =>
      logger.debug('evaluations not read', { prometheus: url, error: describeError(error), retryAfterMs }),
  });
  return {
    loaded(url) {
      waiting.set(url, clock.now());
      lookedAfterMs.set(url, FIRST_LOOK_MS);
      queue.addAfter(url, FIRST_LOOK_MS);
    },
    actor: queue.actor,
  };
}
