/**
 * Why the scheduler leaves a task pending, as one of a few words, out of its sentence "no suitable node (insufficient
 * resources on 2 nodes; scheduling constraints not satisfied on 1 node)". Of several reasons the one counts that an
 * operator (or one more worker) can do something about soonest: the order of this list.
 */
const SIGNS = [
  ['insufficient_resources', 'insufficient resources'],
  ['max_replicas_per_node', 'max replicas per node'],
  ['port_in_use', 'host-mode port already in use'],
  ['unsatisfied_constraints', 'scheduling constraints not satisfied'],
] as const;

/** `too_large` is never said by the scheduler: its words are the same whether a worker is full or too small. */
export type PendingReason = (typeof SIGNS)[number][0] | 'too_large' | 'other';

export function pendingReason(schedulerError: string): PendingReason {
  return SIGNS.find(([, sign]) => schedulerError.includes(sign))?.[0] ?? 'other';
}
