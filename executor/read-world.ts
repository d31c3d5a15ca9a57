/** Reads all that a decision needs. A part that is away is said to be away, never taken for empty. */
import { mayHaveToBeKept } from './core/keep-replicas.ts';
import { type Labels, type Target, targetOfLabels } from './core/target.ts';
import type { World } from './core/world.ts';
import type { DecisionLog } from './decision-log.ts';
import { known, mapKnown } from './known.ts';
import type { PauseSwitch } from './pauses.ts';
import type { AlertReader, ScalingTarget, ServiceReading, SuppressionReader } from './ports.ts';

export type WorldReader = {
  readonly alerts: AlertReader;
  readonly suppressions: SuppressionReader;
  readonly services: ScalingTarget;
  readonly pauses: Pick<PauseSwitch, 'pauseOf'>;
};

/** What the journal remembers of the replicas of a target. */
export type Recollection = Pick<DecisionLog, 'replicasOf' | 'recall'>;

/** The reading that a change must be based on comes along. */
export type WorldReading = { readonly world: World; readonly reading: ServiceReading | undefined };

/**
 * Alerts, silences and the service side by side, for speed. After a conflict the service is read last: only what happens
 * between that and the change is a conflict then, so that a service which others update all the time is scaled too.
 */
export async function readWorld(
  { alerts, suppressions, services, pauses }: WorldReader,
  recollection: Recollection,
  target: World['target'],
  afterConflict = false,
): Promise<WorldReading> {
  const testimony = Promise.all([known(() => alerts.list()), known(() => suppressions.read())]);
  if (afterConflict) await testimony;
  const service = await known(() => services.read(target.name));
  const [allAlerts, suppressed] = await testimony;
  const remembered = recollection.replicasOf(target.key);
  const status = service.kind === 'known' ? service.value?.status : undefined;
  // An old journal is read through only where something may have to be put back by it.
  const isForgotten = remembered === undefined && status !== undefined && mayHaveToBeKept(status.labels);
  return {
    reading: service.kind === 'known' ? service.value : undefined,
    world: {
      target,
      alerts: mapKnown(allAlerts, (list) => list.filter((alert) => isAbout(target, alert))),
      suppressions: suppressed,
      service: mapKnown(service, (found) => found?.status),
      memory: isForgotten ? await recollection.recall(target.key) : remembered,
      pause: pauses.pauseOf(target.key),
    },
  };
}

/** Whether an alert, or its rule, is about the target. */
export function isAbout(target: Target, { labels }: { readonly labels: Labels }): boolean {
  const named = targetOfLabels(labels);
  return named.ok && named.target.key === target.key;
}
