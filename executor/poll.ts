/**
 * The slow round that needs no webhook: wakes every pool, every target with a firing alert and every service whose replicas
 * may have to be put back, and asks each part whether it is well.
 * While a part is away, or has not answered yet, it is asked again soon.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { mayHaveToBeKept } from './core/keep-replicas.ts';
import { SHORT_WHILE_MS } from './core/next-look.ts';
import type { ObservedAlert } from './core/observed-alert.ts';
import { scalingKindOf } from './core/scaling-alert.ts';
import { serviceTarget, targetOfLabels } from './core/target.ts';
import type { DecisionLog } from './decision-log.ts';
import type { PartHealth } from './part-health.ts';
import type { PoolKeys } from './pool-keys.ts';
import type { AlertReader, ScalingTarget, SuppressionReader } from './ports.ts';

export type PollDeps = {
  readonly intervalMs: number;
  readonly alerts: AlertReader;
  readonly suppressions: SuppressionReader;
  readonly services: Pick<ScalingTarget, 'listKept'>;
  readonly health: Pick<PartHealth, 'problems'>;
  readonly log: Pick<DecisionLog, 'targets'>;
  readonly clock: Clock;
  readonly poolKeys: PoolKeys;
  wake(targetKey: string): void;
  onPolled(timeMs: number): void;
};

export type Poll = {
  readonly actor: Actor;
  /** One round now. Never fails: what is away is remembered by `health`. */
  once(): Promise<void>;
};

export function createPoll(deps: PollDeps): Poll {
  const { clock, intervalMs } = deps;
  const once = async (): Promise<void> => {
    const [alerts, pools, kept] = await Promise.allSettled([
      deps.alerts.list(),
      deps.poolKeys(),
      deps.services.listKept(),
      deps.suppressions.read(),
    ]);
    for (const key of pools.status === 'fulfilled' ? pools.value : []) deps.wake(key);
    for (const { name, labels } of kept.status === 'fulfilled' ? kept.value : [])
      if (mayHaveToBeKept(labels)) deps.wake(serviceTarget(name).key);
    if (alerts.status === 'rejected') return;
    for (const key of targetsToWake(alerts.value, deps.log)) deps.wake(key);
    deps.onPolled(clock.now());
  };
  return {
    once,
    actor: {
      name: 'poll',
      async run(signal) {
        while (!signal.aborted) {
          await once();
          const isWell = deps.health.problems().length === 0;
          await clock.sleep(isWell ? intervalMs : Math.min(intervalMs, SHORT_WHILE_MS), signal);
        }
      },
    },
  };
}

/** Nothing is open after these; what can change them wakes the target by itself. */
const SETTLED: readonly string[] = ['not_firing', 'unknown_pool'];

/** Also what was held for an alert that may have ended since: its last verdict must not stand for ever. */
function targetsToWake(
  alerts: readonly ObservedAlert[],
  log: Pick<DecisionLog, 'targets'>,
): ReadonlySet<string> {
  const firing = alerts
    .filter(({ state, labels }) => state === 'firing' && scalingKindOf(labels) !== undefined)
    .flatMap(({ labels }) => {
      const named = targetOfLabels(labels);
      return named.ok ? [named.target.key] : [];
    });
  const open = log
    .targets()
    .filter(({ last }) => last.kind !== 'reject' && !SETTLED.includes(last.reason))
    .map(({ target }) => target);
  return new Set([...firing, ...open]);
}
