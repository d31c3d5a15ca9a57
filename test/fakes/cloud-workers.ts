/** VMs of a cloud that boot, join the Swarm as workers of a pool, and are seen to be down when they have gone. */
import type { PoolId } from '../../executor/ports.ts';
import { POOL_NODE_LABEL } from '../../internal/contract/labels.ts';
import type { EngineNode } from './docker-engine-objects.ts';
import type { DockerEngineState } from './docker-engine-state.ts';
import type { MemoryNodeProvider } from './memory-node-provider.ts';

export type CloudWorkers = {
  /** VMs with these ids boot, but never join. */
  readonly neverJoin: Set<string>;
  /** The nodes of the pool, down or not. */
  list(): readonly EngineNode[];
  joinAndLeave(): void;
};

/** @param joinedAt when the nodes say that they have joined; without it, when they do */
export function createCloudWorkers(
  state: DockerEngineState,
  cloud: MemoryNodeProvider,
  pool: PoolId,
  joinedAt?: string,
): CloudWorkers {
  const neverJoin = new Set<string>();
  const joined = new Set<string>();
  const list = (): readonly EngineNode[] =>
    [...state.nodes.values()].filter(({ Spec }) => Spec.Labels[POOL_NODE_LABEL] === pool.node);
  return {
    neverJoin,
    list,
    joinAndLeave() {
      const { vms } = cloud.pool(pool);
      for (const { id, addresses, state: vmState } of vms) {
        if (vmState !== 'ready' || neverJoin.has(id) || joined.has(id)) continue;
        joined.add(id);
        const labels = { [POOL_NODE_LABEL]: pool.node };
        const time = joinedAt === undefined ? {} : { time: joinedAt };
        state.addNode({ hostname: id, labels, address: addresses[0] ?? '', cores: 2, ...time });
      }
      for (const node of list()) {
        const isThere = vms.some(({ id }) => id === node.Description.Hostname);
        if (!isThere && node.Status.State === 'ready')
          state.changeNode(node.ID, (one) => ({ ...one, Status: { ...one.Status, State: 'down' } }));
      }
    },
  };
}
