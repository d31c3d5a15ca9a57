/** What follows from a pool's world before anything is decided: shown by `explain`, and decided upon. */
import { type Drain, findDrains } from './drain-mark.ts';
import { type PendingTasks, readPendingTasks } from './pending-tasks.ts';
import { type PoolBounds, poolBounds } from './pool-bounds.ts';
import type { PoolReport } from './pool-report.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { type ProviderState, providerState, type WaitingVm, waitingVms } from './provider-state.ts';
import { nodesOfPool, type SwarmView, type WorkerNode } from './swarm-view.ts';

export type PoolFacts = {
  readonly view: SwarmView;
  readonly nodes: readonly WorkerNode[];
  readonly pending: PendingTasks;
  readonly drains: readonly Drain[];
  readonly bounds: PoolBounds;
  /** Undefined where the provider gave no report. */
  readonly provider:
    | { readonly report: PoolReport; readonly state: ProviderState; readonly waiting: readonly WaitingVm[] }
    | undefined;
};

export function readPoolFacts(
  world: PoolWorld,
  view: SwarmView,
  limits: PoolLimits,
  nowMs: number,
): PoolFacts {
  const { target, report } = world;
  const nodes = nodesOfPool(view, target.node);
  const rules = world.rules.kind === 'known' ? world.rules.value : [];
  const known = report.kind === 'known' ? report.value : undefined;
  const provider = known && readProvider(known, nodes, world, limits, nowMs);
  return {
    view,
    nodes,
    provider,
    pending: readPendingTasks(view, target.node),
    drains: findDrains(nodes, target.infraId),
    bounds: poolBounds(rules, known, limits.maxWorkers),
  };
}

function readProvider(
  report: PoolReport,
  nodes: readonly WorkerNode[],
  { load, waits }: PoolWorld,
  limits: PoolLimits,
  nowMs: number,
): PoolFacts['provider'] {
  const waiting = waitingVms(report, nodes, load.kind === 'known' ? load.value : undefined);
  return { report, waiting, state: providerState(report, waiting, waits, limits, nowMs) };
}
