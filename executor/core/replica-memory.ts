/**
 * What the journal tells about the replicas of a service: how many were seen last, and how many were meant before a deploy
 * reset them. A service that is removed and created anew under the same name begins from nothing.
 */
import type { DecisionRecord } from './decision-record.ts';

export type ReplicaMemory = {
  readonly serviceId: string;
  /** At the last look, or as the last action left them. */
  readonly seen: number;
  /** What the executor or a person set; a number out of a stack file does not count. */
  readonly meant: number;
  /** When the executor last changed them. Without it nothing of the executor's can have been wiped. */
  readonly actedAtMs: number | undefined;
};

/** @param records about one target, oldest first */
export function recallReplicas(
  records: readonly DecisionRecord[],
  before?: ReplicaMemory,
): ReplicaMemory | undefined {
  return records.reduce<ReplicaMemory | undefined>(rememberReplicas, before);
}

export function rememberReplicas(
  before: ReplicaMemory | undefined,
  record: DecisionRecord,
): ReplicaMemory | undefined {
  const { service_id: serviceId, replicas } = record.inputs;
  const seen = record.kind === 'scale' || record.kind === 'outside' ? record.to : replicas;
  if (typeof serviceId !== 'string' || typeof seen !== 'number') return before;
  const same = before?.serviceId === serviceId ? before : undefined;
  const isMeant = same === undefined || record.kind === 'scale' || isMeantByPerson(record);
  return {
    serviceId,
    seen,
    meant: isMeant ? seen : same.meant,
    actedAtMs: record.kind === 'scale' ? Date.parse(record.time) : same?.actedAtMs,
  };
}

const isMeantByPerson = ({ kind, reason }: DecisionRecord): boolean =>
  kind === 'outside' && reason === 'scaled_by_others';
