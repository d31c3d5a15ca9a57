/**
 * Which of several requests for one target wins. The written order:
 *   1. back into bounds, where the replicas are outside of them;
 *   2. up beats down, even where the way up is held: what is overloaded is not made smaller;
 *   3. among equals the larger count, which does the least harm.
 */
import type { ReplicaRequest } from './replica-request.ts';

export function preempt(requests: readonly ReplicaRequest[]): ReplicaRequest | undefined {
  return [...requests].sort(
    (a, b) => urgency(b) - urgency(a) || b.to - a.to || compareText(a.alert.name, b.alert.name),
  )[0];
}

function urgency({ alert, held }: ReplicaRequest): number {
  switch (alert.kind) {
    case 'out_of_bounds':
      return held === undefined ? 3 : 0;
    case 'overloaded':
      return 2;
    case 'underloaded':
      return 1;
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
