/** What a task needs of a node, out of its spec or its service's template. */
import type { Amounts, TaskNeeds } from '../../internal/contract/empty-worker.ts';
import { listAt, numberAt, textAt } from './json-at.ts';

/** @param keys where the task's spec stands */
export function parseTaskNeeds(value: unknown, ...keys: readonly string[]): TaskNeeds {
  return {
    reservations: parseAmounts(value, ...keys, 'Resources', 'Reservations'),
    constraints: listAt(value, ...keys, 'Placement', 'Constraints').map(String),
    platforms: listAt(value, ...keys, 'Placement', 'Platforms').map((one) => ({
      os: textAt(one, 'OS'),
      architecture: textAt(one, 'Architecture'),
    })),
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
