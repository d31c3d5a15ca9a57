/** What the next worker of each pool will be like, by the workers that there are: a manager is never a worker of a pool. */
import { type Amounts, shapesOfPool, type WorkerShape } from '../../internal/contract/empty-worker.ts';
import { POOL_NODE_LABEL } from '../../internal/contract/labels.ts';
import { listAt, numberAt, textAt, textsAt } from './json-at.ts';

/** By name of the pool, in the order of the names. */
export type PoolShapes = ReadonlyMap<string, readonly WorkerShape[]>;

/** @param nodes `GET /nodes`; those that are down or drained show what a worker of their pool is like too */
export function parsePoolShapes(nodes: readonly unknown[]): PoolShapes {
  const names = [...new Set(nodes.map(poolOf))].filter((name) => name !== '').sort();
  return new Map(
    names.map((name) => [name, shapesOfPool(nodes.filter((node) => poolOf(node) === name).map(parseShape))]),
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

/** Docker's `Resources` and `Reservations`: CPU, memory, and generic resources counted (`gpu=2`) or named (`gpu=a`, `gpu=b`). */
export function parseAmounts(value: unknown, ...keys: readonly string[]): Amounts {
  const amounts: Record<string, number> = {};
  const add = (kind: string, amount: number): void => {
    if (amount > 0) amounts[kind] = (amounts[kind] ?? 0) + amount;
  };
  add('cpu', numberAt(value, ...keys, 'NanoCPUs') / 1e9);
  add('memory', numberAt(value, ...keys, 'MemoryBytes'));
  for (const one of listAt(value, ...keys, 'GenericResources')) {
    add(textAt(one, 'DiscreteResourceSpec', 'Kind'), numberAt(one, 'DiscreteResourceSpec', 'Value'));
    const named = textAt(one, 'NamedResourceSpec', 'Kind');
    if (named !== '') add(named, 1);
  }
  return amounts;
}
