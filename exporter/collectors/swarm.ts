import { SWARM_METRIC } from '../../internal/contract/metrics.ts';
import { type Family, type LabelText, renderLabels } from '../core/exposition.ts';
import type { SwarmNode, SwarmSnapshot } from '../core/swarm-snapshot.ts';
import { gauge, type NodeCollector } from './collector.ts';

const desired = gauge(SWARM_METRIC.serviceReplicasDesired, 'Replicas that the service should have.');
const running = gauge(SWARM_METRIC.serviceReplicasRunning, 'Replicas of the service that run.');
const serviceInfo = gauge(SWARM_METRIC.serviceInfo, 'Always 1: ID and mode of a service.');
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

const STATES = ['ready', 'down', 'unknown', 'disconnected'];
const AVAILABILITIES = ['active', 'pause', 'drain'];

type RenderedSample = readonly [Family, LabelText, number];

/** @param current the newest snapshot; undefined where this engine is no manager, or has been away for too long. */
export function createSwarmCollector(current: () => SwarmSnapshot | undefined): NodeCollector {
  let rendered: { readonly snapshot: SwarmSnapshot; readonly samples: readonly RenderedSample[] } | undefined;
  return {
    name: 'swarm',
    families: [desired, running, serviceInfo, nodeState, nodeAvailability, nodeInfo, tasksPending],
    read(out) {
      const snapshot = current();
      if (snapshot === undefined) return;
      if (rendered?.snapshot !== snapshot) rendered = { snapshot, samples: renderSnapshot(snapshot) };
      for (const [family, labels, value] of rendered.samples) out.add(family, labels, value);
    },
  };
}

function renderSnapshot({ services, nodes, pending }: SwarmSnapshot): readonly RenderedSample[] {
  return [
    ...services.flatMap((service): RenderedSample[] => {
      const name = ['service_name', service.name] as const;
      const labels = renderLabels([name]);
      const info = renderLabels([name, ['service_id', service.id], ['mode', service.mode]]);
      return [
        [desired, labels, service.desired],
        [running, labels, service.running],
        [serviceInfo, info, 1],
      ];
    }),
    ...nodes.flatMap(renderNode),
    ...pending.map(({ serviceName, reason, pool, count }): RenderedSample => {
      const labels = renderLabels([['service_name', serviceName], ['reason', reason], ...poolLabel(pool)]);
      return [tasksPending, labels, count];
    }),
  ];
}

const poolLabel = (pool: string): readonly (readonly [string, string])[] =>
  pool === '' ? [] : [['pool', pool]];

function renderNode(node: SwarmNode): readonly RenderedSample[] {
  const base = [
    ['node_id', node.id],
    ['hostname', node.hostname],
  ] as const;
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
  ];
}
