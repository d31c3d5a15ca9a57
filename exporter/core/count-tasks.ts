/** The tasks that should run, counted by service and state, and what they reserve of the nodes that they are on. */
import type { NodeReservation, ServiceCounts, TaskCount } from './swarm-snapshot.ts';
import type { KeptTask } from './task-book.ts';

export type TaskSums = {
  readonly tasks: readonly TaskCount[];
  readonly reservations: ReadonlyMap<string, NodeReservation>;
};

export function countTasks(
  services: readonly ServiceCounts[],
  tasksOf: (serviceId: string) => readonly KeptTask[],
): TaskSums {
  const tasks: TaskCount[] = [];
  const reservations = new Map<string, NodeReservation>();
  for (const { id, name } of services) {
    const states = new Map<string, number>();
    for (const { state, nodeId, reservedCores, reservedBytes } of tasksOf(id)) {
      states.set(state, (states.get(state) ?? 0) + 1);
      if (nodeId === '') continue;
      const { cores, memoryBytes } = reservations.get(nodeId) ?? { cores: 0, memoryBytes: 0 };
      reservations.set(nodeId, {
        cores: cores + reservedCores,
        memoryBytes: memoryBytes + reservedBytes,
      });
    }
    for (const [state, count] of states) tasks.push({ serviceName: name, state, count });
  }
  return { tasks, reservations };
}
