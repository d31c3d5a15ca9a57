/**
 * The tasks that wait for a node, counted by what they want for. Want of resources is said of a task only where an empty
 * worker of some pool could take it (or no pool is known): more workers of too small a kind would change nothing.
 */
import { judgeForEmptyWorker } from '../../internal/contract/empty-worker.ts';
import { textAt } from './json-at.ts';
import { pendingReason } from './pending-reason.ts';
import type { PoolShapes } from './pool-shapes.ts';
import type { PendingTasks, ServiceCounts } from './swarm-snapshot.ts';
import { parseTaskNeeds } from './task-needs.ts';

/** @param tasks `GET /tasks` that should run */
export function countPendingTasks(
  tasks: readonly unknown[],
  services: readonly Pick<ServiceCounts, 'id' | 'name'>[],
  pools: PoolShapes,
): readonly PendingTasks[] {
  const nameOf = new Map(services.map(({ id, name }) => [id, name]));
  const counts = new Map<string, PendingTasks>();
  for (const task of tasks) {
    const serviceName = nameOf.get(textAt(task, 'ServiceID'));
    if (textAt(task, 'Status', 'State') !== 'pending' || serviceName === undefined) continue;
    const { reason, pool } = whatItWantsFor(task, pools);
    const key = `${serviceName} ${reason} ${pool}`;
    counts.set(key, { serviceName, reason, pool, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

function whatItWantsFor(task: unknown, pools: PoolShapes): Pick<PendingTasks, 'reason' | 'pool'> {
  const reason = pendingReason(textAt(task, 'Status', 'Err'));
  // The scheduler looks at resources first: of a full node it never says that the constraints do not suit it either.
  if (reason !== 'insufficient_resources' || pools.size === 0) return { reason, pool: '' };
  const needs = parseTaskNeeds(task, 'Spec');
  let largeEnoughWanted = false;
  for (const [pool, shapes] of pools) {
    const verdicts = shapes.map((shape) => judgeForEmptyWorker(needs, shape));
    if (verdicts.includes('fits')) return { reason, pool };
    largeEnoughWanted ||= verdicts.includes('too_large');
  }
  return { reason: largeEnoughWanted ? 'too_large' : 'unsatisfied_constraints', pool: '' };
}
