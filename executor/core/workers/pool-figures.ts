/** A pool in numbers, for metrics and views. */
import { countUnschedulable } from './pending-tasks.ts';
import { readPoolFacts } from './pool-facts.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';

export type PoolFigures = {
  readonly target: number;
  readonly actual: number;
  readonly ready: number;
  readonly min: number;
  readonly max: number;
  readonly inFlight: boolean;
  readonly isDraining: boolean;
  readonly boundsDiffer: boolean;
  readonly pendingTasks: number;
  readonly unschedulableTasks: number;
};

/** Undefined while Swarm or provider are away: no figures are better than old ones. */
export function readPoolFigures(
  world: PoolWorld,
  limits: PoolLimits,
  nowMs: number,
): PoolFigures | undefined {
  if (world.swarm.kind === 'away') return undefined;
  const { provider, bounds, drains, pending } = readPoolFacts(world, world.swarm.value, limits, nowMs);
  if (provider === undefined) return undefined;
  const { report, waiting, state } = provider;
  return {
    target: report.target,
    actual: report.vms.length,
    ready: Math.max(0, report.vms.length - waiting.length),
    min: bounds.min,
    max: bounds.max,
    inFlight: state.kind === 'in_flight',
    isDraining: drains.length > 0,
    boundsDiffer: bounds.differ,
    pendingTasks: pending.waiting.length,
    unschedulableTasks: countUnschedulable(pending),
  };
}
