/** What holds in every world: one decision, within all bounds, and nobody leaves who must stay. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../../../../executor/core/decision.ts';
import { decidePool } from '../../../../../executor/core/workers/decide-pool.ts';
import { DRAIN_PHASES, formatDrainMark } from '../../../../../executor/core/workers/drain-mark.ts';
import type { PoolWorld } from '../../../../../executor/core/workers/pool-world.ts';
import type { SwarmView } from '../../../../../executor/core/workers/swarm-view.ts';
import { STATE_NODE_LABEL } from '../../../../../internal/contract/labels.ts';
import { MINUTE_MS, NOW_MS } from '../../builders.ts';
import {
  aManager,
  aNode,
  aPool,
  aPoolAlert,
  aPoolService,
  aTask,
  aVm,
  NO_ROOM,
  POOL_LIMITS,
} from '../../pool-builders.ts';

const SERVICES = ['a', 'b', 'c'];
const NUMBERS = [1, 2, 3, 4];
const markArb = fc.option(
  fc.record({
    phase: fc.constantFrom(...DRAIN_PHASES),
    startedAtMs: fc.integer({ min: NOW_MS - 20 * MINUTE_MS, max: NOW_MS }),
  }),
  { nil: undefined, freq: 3 },
);
const nodeArb = (number: number) =>
  fc
    .record({
      role: fc.constantFrom('worker', 'worker', 'manager'),
      availability: fc.constantFrom('active', 'active', 'pause', 'drain'),
      state: fc.constantFrom('ready', 'ready', 'down'),
      createdAtMs: fc.integer({ min: NOW_MS - 60 * MINUTE_MS, max: NOW_MS }),
      mark: markArb,
    } as const)
    .map(({ mark, ...facts }) =>
      aNode(`w${number}`, {
        ...facts,
        labels:
          mark === undefined
            ? {}
            : {
                [STATE_NODE_LABEL.drain]: formatDrainMark({
                  ...mark,
                  infraId: 'infra',
                  vmId: `vm-${number}`,
                }),
              },
      }),
    );
const taskArb = fc.record({
  service: fc.constantFrom(...SERVICES),
  node: fc.option(fc.constantFrom(...NUMBERS), { nil: undefined }),
  state: fc.constantFrom('running', 'starting', 'pending'),
  desiredState: fc.constantFrom('running', 'running', 'shutdown'),
  cores: fc.integer({ min: 0, max: 3 }),
});
const worldArb = fc
  .record({
    nodes: fc.tuple(...NUMBERS.map(nodeArb)),
    tasks: fc.array(taskArb, { maxLength: 8 }),
    vmStates: fc.tuple(
      ...NUMBERS.map(() =>
        fc.constantFrom('ready', 'ready', 'booting', 'stopping', 'failed', 'gone', undefined),
      ),
    ),
    asked: fc.integer({ min: 0, max: 6 }),
    min: fc.integer({ min: 0, max: 5 }),
    max: fc.integer({ min: 1, max: 6 }),
    providerMax: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    firing: fc.subarray(['overloaded', 'underloaded'] as const),
    value: fc.integer({ min: 0, max: 120 }),
    unevenAgoMs: fc.option(fc.integer({ min: 0, max: 30 * MINUTE_MS }), { nil: undefined }),
  })
  .map((one): PoolWorld => {
    const nodes = [...one.nodes, aManager()];
    const vms = one.vmStates.flatMap((state, index) => (state === undefined ? [] : [aVm(index + 1, state)]));
    const tasks = one.tasks.map(({ service, node, state, desiredState, cores }) =>
      aTask(service, node === undefined ? undefined : one.nodes[node - 1], {
        desiredState,
        ...(node === undefined ? { error: NO_ROOM } : { state }),
        needs: { nanoCpus: cores * 1e9 },
      }),
    );
    const bounds = { min: String(one.min), max: String(one.max), cooldown: '0s' };
    return aPool({
      nodes,
      tasks,
      vms,
      bounds,
      asked: one.asked,
      ...(one.providerMax === undefined ? {} : { providerMax: one.providerMax }),
      services: SERVICES.map((name) => aPoolService(name)),
      alerts: one.firing.map((alert) => aPoolAlert(alert, bounds, one.value)),
      waits: {
        vmSinceMs: {},
        unevenSinceMs: one.unevenAgoMs === undefined ? undefined : NOW_MS - one.unevenAgoMs,
      },
    });
  });

const viewOf = ({ swarm }: PoolWorld): SwarmView => {
  if (swarm.kind === 'away') throw new Error('the Swarm is there in these worlds');
  return swarm.value;
};
const reportOf = ({ report }: PoolWorld) => {
  if (report.kind === 'away' || report.value === undefined)
    throw new Error('the provider answers in these worlds');
  return report.value;
};
const maxOf = (world: PoolWorld): number =>
  Math.min(
    world.rules.kind === 'known' ? (world.rules.value[0]?.max ?? 10) : 10,
    reportOf(world).max ?? 99,
    POOL_LIMITS.maxWorkers,
  );
const decide = (world: PoolWorld): Decision => decidePool(world, POOL_LIMITS, NOW_MS);
const holds = (property: (world: PoolWorld, decision: Decision) => void): void => {
  fc.assert(
    fc.property(worldArb, (world) => property(world, decide(world))),
    { numRuns: 1_000 },
  );
};

describe('in every world', () => {
  test('there is one decision, the same each time', () => {
    holds((world, decision) => expect(decide(world)).toEqual(decision));
  });

  test('more is asked for only upwards, and under every ceiling', () => {
    holds((world, decision) => {
      if (decision.kind !== 'scale') return;
      expect(decision.to).toBeGreaterThan(decision.from);
      expect(decision.to).toBeLessThanOrEqual(maxOf(world));
    });
  });

  test('no manager, and no second worker, begins to leave, and none below the minimum', () => {
    holds((world, decision) => {
      if (
        decision.kind !== 'step' ||
        decision.reason !== 'drain_started' ||
        decision.step.kind !== 'mark_node'
      )
        return;
      const { nodeId } = decision.step;
      const { nodes } = viewOf(world);
      expect(nodes.find(({ id }) => id === nodeId)?.role).toBe('worker');
      expect(nodes.filter(({ labels }) => labels[STATE_NODE_LABEL.drain] !== undefined)).toEqual([]);
      const min = world.rules.kind === 'known' ? (world.rules.value[0]?.min ?? 1) : 1;
      expect(reportOf(world).vms.length).toBeGreaterThan(Math.min(min, maxOf(world)));
    });
  });

  test('a VM with a Ready worker on it is stopped only when that worker is empty and on its way out', () => {
    holds((world, decision) => {
      if (decision.kind !== 'step' || decision.step.kind !== 'remove_vm') return;
      const { vmId } = decision.step;
      const node = viewOf(world).nodes.find(({ hostname }) => `vm-${hostname.slice(1)}` === vmId);
      if (node?.state === 'ready') expect(node.labels[STATE_NODE_LABEL.drain]).toMatch(/^removing;/);
    });
  });
});
