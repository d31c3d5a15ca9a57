/**
 * Which pools there are: those that the rules of Prometheus name, and those of which a node is being emptied, so that a
 * drain whose pool nobody knows any more is found and undone.
 */
import { POOL_NODE_LABEL } from '../internal/contract/labels.ts';
import { parseTargetKey, targetOfLabels, workersTarget } from './core/target.ts';
import { readDrainMark } from './core/workers/drain-mark.ts';
import type { PoolRegistry, WorkerSwarm } from './ports.ts';

export type PoolKeys = () => Promise<readonly string[]>;

export function createPoolKeys(registry: PoolRegistry, swarm: Pick<WorkerSwarm, 'nodes'>): PoolKeys {
  return async () => {
    // What is away is asked again at the next round; the other one's answer counts.
    const [rules, nodes] = await Promise.allSettled([registry.list(), swarm.nodes()]);
    const named = (rules.status === 'fulfilled' ? rules.value : []).flatMap(({ labels }) => {
      const target = targetOfLabels(labels);
      return target.ok ? [target.target.key] : [];
    });
    const marked = (nodes.status === 'fulfilled' ? nodes.value : []).flatMap(({ labels }) => {
      const mark = readDrainMark(labels);
      const key = mark && workersTarget(mark.infraId, labels[POOL_NODE_LABEL] ?? '').key;
      // A mark that names no pool is seen to by the pool that its node belongs to.
      return key === undefined || parseTargetKey(key) === undefined ? [] : [key];
    });
    return [...new Set([...named, ...marked])];
  };
}
