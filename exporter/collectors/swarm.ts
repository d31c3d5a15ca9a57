import { SWARM_METRIC } from '../../internal/contract/metrics.ts';
import { type Family, type LabelText, renderLabels } from '../core/exposition.ts';
import type { NodeReservation, SwarmNode, SwarmSnapshot } from '../core/swarm-snapshot.ts';
import { gauge, type NodeCollector } from './collector.ts';

const desired = gauge(SWARM_METRIC.serviceReplicasDesired, 'Replicas that the service should have.');
const running = gauge(SWARM_METRIC.serviceReplicasRunning, 'Replicas of the service that run.');
const serviceInfo = gauge(SWARM_METRIC.serviceInfo, 'Always 1: ID, mode and image of a service.');
const nodeState = gauge(SWARM_METRIC.nodeState, '1 for the state that the node is in, 0 for the others.');
const nodeAvailability = gauge(
  SWARM_METRIC.nodeAvailability,
  '1 for the availability that the node has, 0 for the others.',
);
const nodeInfo = gauge(SWARM_METRIC.nodeInfo, 'Always 1: role, engine version and worker pool of a node.');
const tasksPending = gauge(
  SWARM_METRIC.tasksPending,
  'Tasks that wait for a node, by what they want for; absent where there are none.',
);

const tasks = gauge(
  SWARM_METRIC.tasks,
  'Tasks that should run, by the state that they are in; absent where there are none.',
);
const leader = gauge('swarm_node_manager_leader', '1 for the manager that leads, 0 for the others.');
const cores = gauge('swarm_node_cpu_cores', 'Processors of a node.');
const memoryBytes = gauge('swarm_node_memory_bytes', 'Memory of a node.');
const reservedCores = gauge('swarm_node_reserved_cpu_cores', 'Processors that the tasks on a node reserve.');
const reservedMemoryBytes = gauge(
  'swarm_node_reserved_memory_bytes',
  'Memory that the tasks on a node reserve.',
);

const STATES = ['ready', 'down', 'unknown', 'disconnected'];
const AVAILABILITIES = ['active', 'pause', 'drain'];

type RenderedSample = readonly [Family, LabelText, number];

/** @param current the newest snapshot; undefined where this engine is no manager, or has been away for too long. */
export function createSwarmCollector(current: () => SwarmSnapshot | undefined): NodeCollector {
  let rendered: { readonly snapshot: SwarmSnapshot; readonly samples: readonly RenderedSample[] } | undefined;
  return {
    name: 'swarm',
    families: [
      [desired, running, serviceInfo, tasks, tasksPending],
      [nodeState, nodeAvailability, nodeInfo, leader],
      [cores, memoryBytes, reservedCores, reservedMemoryBytes],
    ].flat(),
    read(out) {
      const snapshot = current();
      if (snapshot === undefined) return;
      if (rendered?.snapshot !== snapshot) rendered = { snapshot, samples: renderSnapshot(snapshot) };
      for (const [family, labels, value] of rendered.samples) out.add(family, labels, value);
    },
  };
}

function renderSnapshot({ services, nodes, pending, ...snapshot }: SwarmSnapshot): readonly RenderedSample[] {
  return [
    ...services.flatMap((service): RenderedSample[] => {
      const name = ['service_name', service.name] as const;
      const labels = renderLabels([name]);
      const info = renderLabels([
        name,
        ['service_id', service.id],
        ['mode', service.mode],
        ['image', service.image],
      ]);
      return [
        [desired, labels, service.desired],
        [running, labels, service.running],
        [serviceInfo, info, 1],
      ];
    }),
    ...snapshot.tasks.map(({ serviceName, state, count }): RenderedSample => {
      return [
        tasks,
        renderLabels([
          ['service_name', serviceName],
          ['state', state],
        ]),
        count,
      ];
    }),
    ...nodes.flatMap((node) => renderNode(node, snapshot.reservations.get(node.id))),
    ...pending.map(({ serviceName, reason, pool, count }): RenderedSample => {
      const labels = renderLabels([['service_name', serviceName], ['reason', reason], ...poolLabel(pool)]);
      return [tasksPending, labels, count];
    }),
  ];
}

const poolLabel = (pool: string): readonly (readonly [string, string])[] =>
  pool === '' ? [] : [['pool', pool]];

function renderNode(
  node: SwarmNode,
  reserved: NodeReservation = { cores: 0, memoryBytes: 0 },
): readonly RenderedSample[] {
  const base = [
    ['node_id', node.id],
    ['hostname', node.hostname],
  ] as const;
  const labels = renderLabels(base);
  const set = (family: Family, label: string, known: readonly string[], now: string): RenderedSample[] =>
    known.map((value) => [family, renderLabels([...base, [label, value]]), value === now ? 1 : 0]);
  const info = renderLabels([
    ...base,
    ['role', node.role],
    ['engine_version', node.engineVersion],
    ...poolLabel(node.pool),
  ]);
  return [
    ...set(nodeState, 'state', STATES, node.state),
    ...set(nodeAvailability, 'availability', AVAILABILITIES, node.availability),
    [nodeInfo, info, 1],
    [leader, labels, node.leader === undefined ? Number.NaN : Number(node.leader)],
    [cores, labels, node.cores],
    [memoryBytes, labels, node.memoryBytes],
    [reservedCores, labels, reserved.cores],
    [reservedMemoryBytes, labels, reserved.memoryBytes],
  ];
}
