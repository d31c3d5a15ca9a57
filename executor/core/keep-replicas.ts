/**
 * `micado.keep`: whether replicas that `docker stack deploy` has reset are put back, and to which number. It needs no alert,
 * because it only undoes; but on the way down the testimony that nothing is overloaded.
 */
import { KEEP_LABEL, SERVICE_LABEL } from '../../internal/contract/labels.ts';
import type { Clamp, ScaleDecision } from './decision.ts';
import { wasReset } from './outside-change.ts';
import { hasStateLabels } from './replica-history.ts';
import type { ReplicaMemory } from './replica-memory.ts';
import { clampReplicas } from './replica-request.ts';
import { scalingKindOf } from './scaling-alert.ts';
import type { ServiceStatus } from './service-status.ts';
import type { Labels } from './target.ts';
import type { Limits, World } from './world.ts';

export const isKept = (labels: Labels): boolean => labels[KEEP_LABEL]?.trim().toLowerCase() === 'true';

/** Whether the service asks for it, and its state labels are gone: only then there may be something to put back. */
export const mayHaveToBeKept = (labels: Labels): boolean => isKept(labels) && !hasStateLabels(labels);

/** Undefined where there is nothing to put back. */
export function keepReplicas(
  world: World,
  service: ServiceStatus,
  { maxReplicas }: Limits,
): ScaleDecision | undefined {
  const from = service.replicas ?? 0;
  const meant = meantReplicas(world.memory, service);
  if (meant === undefined) return undefined;
  const { to, clamps } = clampToLabels(meant, service, maxReplicas);
  return to === from || (to < from && !mayGoDown(world)) ? undefined : putBack(from, to, clamps);
}

/** The replicas just before the deploy; where others have updated the service since, what the journal remembers. */
function meantReplicas(memory: ReplicaMemory | undefined, service: ServiceStatus): number | undefined {
  const { labels, previous, replicas } = service;
  // 0 in a stack file switches the service off, as `docker service scale web=0` does.
  if (!mayHaveToBeKept(labels) || replicas === 0 || !wasReset(memory, service)) return undefined;
  const before =
    previous !== undefined && hasStateLabels(previous.labels) ? previous.replicas : memory?.meant;
  return before === 0 ? undefined : before;
}

/** The deploy may have brought other bounds. */
function clampToLabels(meant: number, { labels, byNodes }: ServiceStatus, maxReplicas: number) {
  const bound = (label: string, otherwise: number): number =>
    /^\d{1,9}$/.test(labels[label] ?? '') ? Number(labels[label]) : otherwise;
  const max = Math.max(1, bound(SERVICE_LABEL.max, maxReplicas));
  const bounds = { min: Math.min(max, bound(SERVICE_LABEL.min, 0)), max };
  return clampReplicas(meant, bounds, Math.min(maxReplicas, byNodes ?? maxReplicas));
}

function mayGoDown({ alerts, suppressions }: World): boolean {
  return (
    alerts.kind === 'known' &&
    suppressions.kind === 'known' &&
    suppressions.value.outdatedBecause === undefined &&
    !alerts.value.some((alert) => scalingKindOf(alert.labels) === 'overloaded')
  );
}

const putBack = (from: number, to: number, clamps: readonly Clamp[]): ScaleDecision => ({
  kind: 'scale',
  from,
  to,
  direction: to > from ? 'up' : 'down',
  reason: 'kept',
  clamps,
  alert: KEEP_LABEL,
  alertActiveAtMs: Number.NaN,
  detail: `a deploy has set ${from} replicas, ${to} are put back`,
});
