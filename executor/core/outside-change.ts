/**
 * Changes of replicas that others made, told from the service and from what the journal remembers. `docker service scale`
 * keeps the state labels; `docker stack deploy` sets replicas and labels to those of its file, and so wipes them.
 */
import { STATE_LABEL } from '../../internal/contract/labels.ts';
import type { OutsideReason } from './reasons.ts';
import { hasStateLabels, isOfExecutor } from './replica-history.ts';
import type { ReplicaMemory } from './replica-memory.ts';
import type { ServiceStatus } from './service-status.ts';

export type OutsideChange = {
  readonly reason: OutsideReason;
  readonly from: number;
  readonly to: number;
  readonly serviceId: string;
};

/** Undefined where the service and its replicas are as they were seen last, or were never seen. */
export function findOutsideChange(
  memory: ReplicaMemory | undefined,
  service: ServiceStatus,
): OutsideChange | undefined {
  const { id, replicas } = service;
  if (memory === undefined || replicas === undefined) return undefined;
  if (memory.serviceId !== id)
    return { reason: 'created_anew', from: memory.seen, to: replicas, serviceId: id };
  if (replicas === memory.seen) return undefined;
  return { reason: reasonOf(memory, service), from: memory.seen, to: replicas, serviceId: id };
}

function reasonOf(memory: ReplicaMemory, service: ServiceStatus): OutsideReason {
  const { labels, previous } = service;
  if (previous !== undefined && labels[STATE_LABEL.moving] !== previous.labels[STATE_LABEL.moving])
    return 'replica_moved';
  if (wasReset(memory, service)) return 'reset_by_deploy';
  return isOfExecutor(service) ? 'not_in_journal' : 'scaled_by_others';
}

/**
 * Whether the replicas are those of a stack file: the labels that the executor wrote are gone. A rollback to before the
 * first scale takes them away too, and says so; replicas that changed once more afterwards were set by a person.
 */
export function wasReset(memory: ReplicaMemory | undefined, service: ServiceStatus): boolean {
  const { labels, previous, updateState = '' } = service;
  if (hasStateLabels(labels) || updateState.startsWith('rollback')) return false;
  if (previous !== undefined && hasStateLabels(previous.labels)) return true;
  const isOurs = memory?.serviceId === service.id && memory.actedAtMs !== undefined;
  return isOurs && (previous === undefined || previous.replicas === service.replicas);
}
