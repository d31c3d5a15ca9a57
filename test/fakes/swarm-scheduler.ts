/**
 * Swarm's scheduler as far as rooms go: tasks stay where they may, leave nodes that are drained or down, and go to the node
 * with the fewest tasks whose free cores and memory take them. Runs when a test says so.
 */
import type { EngineNode, EngineService, EngineTask } from './docker-engine-objects.ts';
import { type DockerEngineState, replicasOf } from './docker-engine-state.ts';

type Reservations = { readonly NanoCPUs?: number; readonly MemoryBytes?: number };

export function scheduleTasks(state: DockerEngineState): void {
  const nodes = [...state.nodes.values()];
  const isReady = (node: EngineNode): boolean => node.Status.State === 'ready';
  const mayStay = (task: EngineTask): boolean =>
    nodes.some((node) => node.ID === task.NodeID && isReady(node) && node.Spec.Availability !== 'drain');
  for (const service of state.services.values()) {
    const wanted = replicasOf(service.Spec);
    const staying = (state.tasks.get(service.ID) ?? []).filter(mayStay).slice(0, wanted);
    state.tasks.set(service.ID, staying);
    for (let missing = wanted - staying.length; missing > 0; missing -= 1) {
      const place = nodes
        .filter(
          (node) => isReady(node) && node.Spec.Availability === 'active' && hasRoom(state, node, service),
        )
        .toSorted((a, b) => tasksOn(state, a).length - tasksOn(state, b).length)[0];
      const tasks = state.tasks.get(service.ID) ?? [];
      state.tasks.set(service.ID, [...tasks, taskOf(service, tasks, place)]);
    }
  }
}

export const tasksOn = (state: DockerEngineState, node: EngineNode): readonly EngineTask[] =>
  [...state.tasks.values()].flat().filter((task) => task.NodeID === node.ID);

function taskOf(
  service: EngineService,
  others: readonly EngineTask[],
  node: EngineNode | undefined,
): EngineTask {
  const slots = others.map(({ Slot }) => Slot);
  const slot = slots.length === 0 ? 1 : Math.max(...slots) + 1;
  return {
    ID: `${service.ID.slice(0, 12)}task${slot}${node?.ID.slice(0, 8) ?? ''}`,
    ServiceID: service.ID,
    NodeID: node?.ID ?? '',
    Slot: slot,
    DesiredState: 'running',
    Status:
      node === undefined
        ? { State: 'pending', Err: 'no suitable node (insufficient resources on 2 nodes)' }
        : { State: 'running' },
    Spec: service.Spec.TaskTemplate,
  };
}

function hasRoom(state: DockerEngineState, node: EngineNode, service: EngineService): boolean {
  const asked = reservedBy(service.Spec.TaskTemplate);
  const taken = tasksOn(state, node).map(({ Spec }) => reservedBy(Spec));
  const sum = (of: (one: Reservations) => number | undefined): number =>
    [...taken, asked].reduce((total, one) => total + (of(one) ?? 0), 0);
  const { NanoCPUs, MemoryBytes } = node.Description.Resources;
  return sum((one) => one.NanoCPUs) <= NanoCPUs && sum((one) => one.MemoryBytes) <= MemoryBytes;
}

function reservedBy(template: Readonly<Record<string, unknown>>): Reservations {
  const { Resources } = template as { readonly Resources?: { readonly Reservations?: Reservations } };
  return Resources?.Reservations ?? {};
}
