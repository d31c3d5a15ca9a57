/**
 * How many workers a pool needs, from why it is overloaded: tasks that wait for room ask for as many empty workers as take
 * them all, CPU over the threshold for the step of the rule.
 */
import type { Clamp } from '../decision.ts';
import { wantedReplicas } from '../replica-request.ts';
import type { ScalingAlert } from '../scaling-alert.ts';
import { describeLodgers } from './describe-lodgers.ts';
import { countUnschedulable, type PendingTasks } from './pending-tasks.ts';
import type { PoolBounds } from './pool-bounds.ts';

export type WorkerRequest = {
  readonly to: number;
  readonly clamps: readonly Clamp[];
  readonly reason: 'overloaded' | 'pending_tasks';
  readonly detail: string;
};

/** Undefined: nothing that the alert can mean is helped by another worker. */
export function requestWorkers(
  alert: ScalingAlert,
  pending: PendingTasks,
  from: number,
  bounds: PoolBounds,
): WorkerRequest | undefined {
  const forTasks = from + pending.workers;
  const forLoad = speaksOfLoad(alert, pending) ? (wantedReplicas(alert, from) ?? from) : from;
  const wanted = Math.max(forTasks, forLoad);
  if (wanted <= from) return undefined;
  const terms = clampWorkers(wanted, bounds);
  return pending.workers > 0
    ? {
        ...terms,
        reason: 'pending_tasks',
        detail: `tasks wait for room: ${describeLodgers(pending.waiting)}`,
      }
    : { ...terms, reason: 'overloaded', detail: `${alert.name} is at ${alert.value}` };
}

export function clampWorkers(
  wanted: number,
  { max, maxWorkers }: PoolBounds,
): { readonly to: number; readonly clamps: readonly Clamp[] } {
  const to = Math.min(wanted, max);
  return { to, clamps: to === wanted ? [] : [{ wanted, by: max === maxWorkers ? 'max_workers' : 'max' }] };
}

/** One alert stands for both: its value is the load in percent or, where only tasks wait, their number. */
function speaksOfLoad({ value, scaleup }: ScalingAlert, pending: PendingTasks): boolean {
  const waiting = pending.waiting.length;
  const all = waiting + countUnschedulable(pending);
  if (all === 0) return true;
  return value > (scaleup ?? Number.POSITIVE_INFINITY) && value !== waiting && value !== all;
}
