/**
 * What the next worker of each pool will be like, by the workers that there are, less what runs on every node. A manager is
 * never a worker of a pool.
 */
import { occupiedBy, shapesOfPool, type WorkerShape } from '../../internal/contract/empty-worker.ts';
import { POOL_NODE_LABEL } from '../../internal/contract/labels.ts';
import { jsonAt, textAt, textsAt } from './json-at.ts';
import { parseAmounts, parseTaskNeeds } from './task-needs.ts';

/** By name of the pool, in the order of the names. */
export type PoolShapes = ReadonlyMap<string, readonly WorkerShape[]>;

/**
 * @param nodes `GET /nodes`; those that are down or drained show what a worker of their pool is like too
 * @param services `GET /services`
 */
export function parsePoolShapes(nodes: readonly unknown[], services: readonly unknown[]): PoolShapes {
  const everywhere = services
    .filter((service) => jsonAt(service, 'Spec', 'Mode', 'Global') !== undefined)
    .map((service) => parseTaskNeeds(service, 'Spec', 'TaskTemplate'));
  const names = [...new Set(nodes.map(poolOf))].filter((name) => name !== '').sort();
  return new Map(
    names.map((name) => {
      const workers = nodes.filter((node) => poolOf(node) === name).map(parseShape);
      return [name, shapesOfPool(workers).map((worker) => everywhere.reduce(occupiedBy, worker))];
    }),
  );
}

/** Empty for a node that belongs to no pool. */
export function poolOf(node: unknown): string {
  return textAt(node, 'Spec', 'Role') === 'manager' ? '' : textAt(node, 'Spec', 'Labels', POOL_NODE_LABEL);
}

function parseShape(node: unknown): WorkerShape {
  return {
    capacity: parseAmounts(node, 'Description', 'Resources'),
    platform: {
      os: textAt(node, 'Description', 'Platform', 'OS'),
      architecture: textAt(node, 'Description', 'Platform', 'Architecture'),
    },
    nodeLabels: textsAt(node, 'Spec', 'Labels'),
    engineLabels: textsAt(node, 'Description', 'Engine', 'Labels'),
  };
}
