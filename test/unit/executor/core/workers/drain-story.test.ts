/** A drain from its beginning to its end in a small world that does at once what each step asks for. */
import { describe, expect, test } from '@jest/globals';
import { decidePool } from '../../../../../executor/core/workers/decide-pool.ts';
import { formatDrainMark } from '../../../../../executor/core/workers/drain-mark.ts';
import type { PoolStep } from '../../../../../executor/core/workers/pool-step.ts';
import type { PoolWorld } from '../../../../../executor/core/workers/pool-world.ts';
import type { SwarmView } from '../../../../../executor/core/workers/swarm-view.ts';
import { STATE_LABEL, STATE_NODE_LABEL } from '../../../../../internal/contract/labels.ts';
import { NOW_MS } from '../../builders.ts';
import { aNode, aPool, aPoolAlert, aPoolService, aTask, aVm, POOL_LIMITS } from '../../pool-builders.ts';

const SERVICES = ['a', 'b', 'c'];
const viewOf = ({ swarm }: PoolWorld): SwarmView => {
  if (swarm.kind === 'away') throw new Error('the Swarm is there in these worlds');
  return swarm.value;
};
const reportOf = ({ report }: PoolWorld) => {
  if (report.kind === 'away' || report.value === undefined)
    throw new Error('the provider answers in these worlds');
  return report.value;
};
const decide = (world: PoolWorld) => decidePool(world, POOL_LIMITS, NOW_MS);

/** A small world that does what steps ask for, at once. */
const carryOut = (world: PoolWorld, step: PoolStep): PoolWorld => {
  const view = viewOf(world);
  const report = reportOf(world);
  const withView = (next: Partial<SwarmView>): PoolWorld => ({
    ...world,
    swarm: { kind: 'known', value: settle({ ...view, ...next }) },
  });
  switch (step.kind) {
    case 'mark_node':
      return withView({
        nodes: view.nodes.map((node) => {
          if (node.id !== step.nodeId) return node;
          const { [STATE_NODE_LABEL.drain]: _, ...labels } = node.labels;
          const mark = step.mark && { [STATE_NODE_LABEL.drain]: formatDrainMark(step.mark) };
          return { ...node, availability: step.availability, labels: { ...labels, ...mark } };
        }),
      });
    case 'set_replicas':
      return withView({
        services: view.services.map((service) => {
          if (service.id !== step.serviceId) return service;
          const { [STATE_LABEL.moving]: _, ...labels } = service.labels;
          const moving = step.movingFrom === undefined ? {} : { [STATE_LABEL.moving]: step.movingFrom };
          const replicas = { [STATE_LABEL.replicas]: String(step.replicas) };
          return { ...service, replicas: step.replicas, labels: { ...labels, ...moving, ...replicas } };
        }),
      });
    case 'remove_vm': {
      const vms = report.vms.filter(({ id }) => id !== step.vmId);
      const name = `w${step.vmId.slice(3)}`;
      return {
        ...withView({
          nodes: view.nodes.map((node) =>
            node.hostname === name ? { ...node, state: 'down' as const } : node,
          ),
        }),
        report: { kind: 'known', value: { ...report, target: report.target - 1, vms } },
      };
    }
    case 'remove_node':
      return withView({ nodes: view.nodes.filter(({ id }) => id !== step.nodeId) });
    case 'revive_provider':
      return world;
  }
};
/** Every service runs as many tasks as it has replicas, on nodes that may have them. */
const settle = (view: SwarmView): SwarmView => ({
  ...view,
  tasks: view.services.flatMap((service) => {
    const staying = view.tasks
      .filter(({ serviceId, nodeId }) => {
        const node = view.nodes.find(({ id }) => id === nodeId);
        return serviceId === service.id && node?.state === 'ready' && node.availability !== 'drain';
      })
      .slice(0, service.replicas);
    const host = view.nodes.find(({ availability, state }) => availability === 'active' && state === 'ready');
    const missing = Math.max(0, (service.replicas ?? 0) - staying.length);
    return [...staying, ...Array.from({ length: missing }, () => aTask(service.id, host))];
  }),
});
const start = (): PoolWorld => {
  const nodes = [aNode('w1'), aNode('w2'), aNode('w3')];
  const services = SERVICES.map((name) => aPoolService(name));
  const tasks = services.map(({ id }) => aTask(id, nodes[0]));
  return aPool({
    nodes,
    services,
    tasks,
    vms: [aVm(1), aVm(2), aVm(3)],
    alerts: [aPoolAlert('underloaded')],
    bounds: { min: '2' },
  });
};
/** Carries out decisions until one of them changes nothing; after `stopAt` steps the load is back. */
const play = (
  loadBackAfter = Number.POSITIVE_INFINITY,
): { readonly world: PoolWorld; readonly reasons: readonly string[] } => {
  let world = start();
  const reasons: string[] = [];
  for (let turn = 0; turn < 40; turn += 1) {
    if (turn === loadBackAfter)
      world = { ...world, alerts: { kind: 'known', value: [aPoolAlert('overloaded', { max: '3' })] } };
    const decision = decide(world);
    if (decision.kind !== 'step') return { world, reasons };
    reasons.push(decision.reason);
    world = carryOut(world, decision.step);
  }
  throw new Error('it never ends');
};

const expectTidy = (world: PoolWorld): void => {
  const { nodes, services, tasks } = viewOf(world);
  expect(nodes.filter(({ labels }) => labels[STATE_NODE_LABEL.drain] !== undefined)).toEqual([]);
  expect(services.map(({ replicas, labels }) => [replicas, labels[STATE_LABEL.moving]])).toEqual(
    SERVICES.map(() => [1, undefined]),
  );
  expect(tasks).toHaveLength(SERVICES.length);
};

describe('a drain', () => {
  test('ends with one worker less, all tasks running, and nothing left behind', () => {
    const { world, reasons } = play();
    expect(reasons).toEqual([
      'drain_started',
      'drain_advanced',
      'drain_advanced',
      'drain_advanced',
      'drain_advanced',
      'replica_taken_back',
      'replica_taken_back',
      'replica_taken_back',
      'drain_advanced',
      'vm_removed',
      'worker_removed',
    ]);
    expectTidy(world);
    expect(reportOf(world).vms).toHaveLength(2);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'leaves nothing behind when the load is back after %i steps',
    (steps) => {
      const { world, reasons } = play(steps);
      expectTidy(world);
      expect(reportOf(world).vms).toHaveLength(reasons.includes('vm_removed') ? 2 : 3);
    },
  );
});
