/** Reads all that a decision needs. A part that is away is said to be away, never taken for empty. */
import { alertsAbout } from './alerts-about.ts';
import { mayHaveToBeKept } from './core/keep-replicas.ts';
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

export async function readWorld(
  reader: WorldReader,
  recollection: Recollection,
  target: World['target'],
  afterConflict = false,
): Promise<WorldReading> {
  const { service, alerts, suppressions } = await askAll(reader, target, afterConflict);
  const remembered = recollection.replicasOf(target.key);
  const status = service.kind === 'known' ? service.value?.status : undefined;
  // An old journal is read through only where something may have to be put back by it.
  const isForgotten = remembered === undefined && status !== undefined && mayHaveToBeKept(status.labels);
  return {
    reading: service.kind === 'known' ? service.value : undefined,
    world: {
      target,
      alerts,
      suppressions,
      service: mapKnown(service, (found) => found?.status),
      memory: isForgotten ? await recollection.recall(target.key) : remembered,
      pause: reader.pauses.pauseOf(target.key),
    },
  };
}

/**
 * Service, alerts and silences side by side, for speed. After a conflict the service is read last: only what happens
 * between that and the change is a conflict then, so that a service which others update all the time is scaled too.
 */
async function askAll(
  { alerts, suppressions, services }: WorldReader,
  target: World['target'],
  serviceLast: boolean,
) {
  const readService = () => known(() => services.read(target.name));
  const readAlerts = () => known(async () => alertsAbout(target, await alerts.list()));
  const hear = () => Promise.all([readAlerts(), known(() => suppressions.read())]);
  const testimony = serviceLast ? await hear() : undefined;
  // Of all answers its own takes longest: it is asked for first.
  const [service, [about, suppressed]] = await Promise.all([readService(), testimony ?? hear()]);
  return { service, alerts: about, suppressions: suppressed };
}
