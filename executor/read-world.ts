/** Reads all that a decision needs. A part that is away is said to be away, never taken for empty. */
import { describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { ObservedAlert } from './core/observed-alert.ts';
import { type Target, targetOfLabels } from './core/target.ts';
import type { Known, World } from './core/world.ts';
import type { PauseSwitch } from './pauses.ts';
import type { AlertReader, ScalingTarget, ServiceReading, SuppressionReader } from './ports.ts';

export type WorldReader = {
  readonly alerts: AlertReader;
  readonly suppressions: SuppressionReader;
  readonly services: ScalingTarget;
  readonly pauses: Pick<PauseSwitch, 'pauseOf'>;
};

/** The reading that a change must be based on comes along. */
export type WorldReading = { readonly world: World; readonly reading: ServiceReading | undefined };

export async function readWorld(
  { alerts, suppressions, services, pauses }: WorldReader,
  target: Target,
): Promise<WorldReading> {
  const [allAlerts, suppressed] = await Promise.all([
    known(() => alerts.list()),
    known(() => suppressions.read()),
  ]);
  // Last, because whatever happens between this and the change is a conflict.
  const service = await known(async () =>
    target.kind === 'service' ? await services.read(target.name) : undefined,
  );
  return {
    reading: service.kind === 'known' ? service.value : undefined,
    world: {
      target,
      alerts: mapKnown(allAlerts, (list) => list.filter((alert) => isOf(target, alert))),
      suppressions: suppressed,
      service: mapKnown(service, (found) => found?.status),
      pause: pauses.pauseOf(target.key),
    },
  };
}

function isOf(target: Target, { labels }: ObservedAlert): boolean {
  const named = targetOfLabels(labels);
  return named.ok && named.target.key === target.key;
}

/** A part that fails as expected is away; a defect is thrown on. */
async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await read() };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'away', problem: describeError(error) };
  }
}

function mapKnown<T, U>(given: Known<T>, map: (value: T) => U): Known<U> {
  return given.kind === 'known' ? { kind: 'known', value: map(given.value) } : given;
}
