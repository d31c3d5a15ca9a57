/**
 * Who last changed the replicas of a service, and when, told from the service alone, so that it survives any restart.
 * The executor's own change carries state labels that are newer than those before it; every other change of replicas was
 * made by somebody else: `docker service scale` keeps the labels, `docker stack deploy` wipes them, a rollback puts older
 * ones back.
 */
import { STATE_LABEL } from '../../internal/contract/labels.ts';
import type { ReplicaMemory } from './replica-memory.ts';
import type { Direction } from './scaling-alert.ts';
import type { ServiceStatus } from './service-status.ts';
import type { Labels } from './target.ts';

export type ReplicaHistory = {
  readonly lastAction: { readonly atMs: number; readonly direction: Direction } | undefined;
  readonly outsideChangeAtMs: number | undefined;
};

type State = { readonly atMs: number; readonly direction: Direction; readonly replicas: number };

/** A time in the future counts as now: clocks of other machines may run ahead. */
export function readReplicaHistory(service: ServiceStatus, nowMs: number): ReplicaHistory {
  const current = readState(service.labels);
  const before = service.previous === undefined ? undefined : readState(service.previous.labels);
  // Wiped labels do not undo the action: its cool-down still runs.
  const last = newer(current, before);
  return {
    lastAction: last && { atMs: Math.min(last.atMs, nowMs), direction: last.direction },
    outsideChangeAtMs: changedOutside(service, current, before)
      ? Math.min(service.updatedAtMs, nowMs)
      : undefined,
  };
}

export function lastChangeAtMs({ lastAction, outsideChangeAtMs }: ReplicaHistory): number | undefined {
  const times = [lastAction?.atMs, outsideChangeAtMs].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * From when a cool-down counts: the last change of replicas, whoever made it, as the service shows it; where its labels were
 * wiped, the last action in the journal. Downwards the creation as well, so that a service has time to start.
 */
export function cooldownStartMs(
  service: ServiceStatus,
  memory: ReplicaMemory | undefined,
  direction: Direction,
  nowMs: number,
): number | undefined {
  const times = [
    lastChangeAtMs(readReplicaHistory(service, nowMs)),
    memory?.serviceId === service.id ? memory.actedAtMs : undefined,
    direction === 'down' ? service.createdAtMs : undefined,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(nowMs, Math.max(...times));
}

/** Zero replicas that the executor did not set mean that a person switched the service off. */
export function stoppedByOperator(service: ServiceStatus): boolean {
  const current = readState(service.labels);
  const before = service.previous === undefined ? undefined : readState(service.previous.labels);
  return service.replicas === 0 && (current?.replicas !== 0 || changedOutside(service, current, before));
}

/** Whether the executor has changed the service, and nothing has wiped its labels since. */
export const hasStateLabels = (labels: Labels): boolean => readState(labels) !== undefined;

/** Whether the replicas that it has now were set by an executor. */
export function isOfExecutor(service: ServiceStatus): boolean {
  const current = readState(service.labels);
  const before = service.previous === undefined ? undefined : readState(service.previous.labels);
  return current !== undefined && !changedOutside(service, current, before);
}

/** The labels that go into the same update as the replicas. */
export function stateLabels(replicas: number, direction: Direction, nowMs: number): Labels {
  return {
    [STATE_LABEL.at]: new Date(nowMs).toISOString(),
    [STATE_LABEL.direction]: direction,
    [STATE_LABEL.replicas]: String(replicas),
  };
}

function changedOutside(
  service: ServiceStatus,
  current: State | undefined,
  before: State | undefined,
): boolean {
  if (current !== undefined && current.replicas !== service.replicas) return true;
  const was = service.previous?.replicas;
  if (was === undefined || was === service.replicas) return false;
  // The replica of a move comes and goes without an action in the history: it starts no cool-down.
  if (service.labels[STATE_LABEL.moving] !== service.previous?.labels[STATE_LABEL.moving]) return false;
  const isOurs = current !== undefined && (before === undefined || current.atMs > before.atMs);
  return !isOurs;
}

function readState(labels: Labels): State | undefined {
  const atMs = Date.parse(labels[STATE_LABEL.at] ?? '');
  const direction = labels[STATE_LABEL.direction];
  const replicas = labels[STATE_LABEL.replicas] ?? '';
  if (Number.isNaN(atMs) || (direction !== 'up' && direction !== 'down') || !/^\d{1,9}$/.test(replicas))
    return undefined;
  return { atMs, direction, replicas: Number(replicas) };
}

function newer(a: State | undefined, b: State | undefined): State | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.atMs >= b.atMs ? a : b;
}
