import { describe, expect, test } from '@jest/globals';
import { pendingReason } from '../../../../exporter/core/pending-reason.ts';
import { countPendingTasks } from '../../../../exporter/core/pending-tasks.ts';
import { type PoolShapes, parsePoolShapes } from '../../../../exporter/core/pool-shapes.ts';
import { parseAmounts } from '../../../../exporter/core/task-needs.ts';

const GIB = 1024 ** 3;
const FULL = 'no suitable node (insufficient resources on 2 nodes)';
const services = [{ id: 'web-id', name: 'web', mode: 'replicated', desired: 4, running: 1 }];

const task = (overrides: { err?: string; state?: string; service?: string; spec?: object } = {}) => ({
  ServiceID: overrides.service ?? 'web-id',
  Status: { State: overrides.state ?? 'pending', Err: overrides.err ?? FULL },
  Spec: overrides.spec ?? {},
});
const reserving = (cores: number, memoryBytes = 0, placement = {}) =>
  task({
    spec: {
      Resources: { Reservations: { NanoCPUs: cores * 1e9, MemoryBytes: memoryBytes } },
      Placement: placement,
    },
  });

const node = (pool: string, cores: number, labels = {}, role = 'worker') => ({
  Spec: { Role: role, Labels: { ...(pool === '' ? {} : { 'micado.pool': pool }), ...labels } },
  Description: {
    Platform: { OS: 'linux', Architecture: 'x86_64' },
    Resources: { NanoCPUs: cores * 1e9, MemoryBytes: 4 * GIB },
  },
});
const NO_POOLS: PoolShapes = new Map();
const pools = parsePoolShapes(
  [node('worker', 2), node('', 64), node('big', 16), node('worker', 64, {}, 'manager')],
  [],
);
const wants = (one: object, of: PoolShapes = pools) =>
  countPendingTasks([one], services, of).map(({ reason, pool }) => `${reason} ${pool}`.trim());

describe('what the scheduler says', () => {
  test.each([
    ['no suitable node (insufficient resources on 2 nodes)', 'insufficient_resources'],
    [
      'no suitable node (scheduling constraints not satisfied on 1 node; insufficient resources on 2 nodes)',
      'insufficient_resources',
    ],
    ['no suitable node (scheduling constraints not satisfied on 3 nodes)', 'unsatisfied_constraints'],
    ['no suitable node (max replicas per node limit exceed)', 'max_replicas_per_node'],
    ['no suitable node (host-mode port already in use on 1 node)', 'port_in_use'],
    ['no suitable node (unsupported platform on 1 node)', 'other'],
    ['', 'other'],
  ])('%j is a want for %s', (error, reason) => {
    expect(pendingReason(error)).toBe(reason);
  });
});

describe('pending tasks', () => {
  test('are counted by service and reason; tasks in any other state are not', () => {
    expect(
      countPendingTasks(
        [
          task(),
          task(),
          task({ err: 'no suitable node (scheduling constraints not satisfied on 1 node)' }),
          task({ state: 'running' }),
          task({ state: 'starting' }),
          task({ service: 'unknown-id' }),
        ],
        services,
        NO_POOLS,
      ),
    ).toEqual([
      { serviceName: 'web', reason: 'insufficient_resources', pool: '', count: 2 },
      { serviceName: 'web', reason: 'unsatisfied_constraints', pool: '', count: 1 },
    ]);
  });

  test('want for the first pool of which an empty worker could take them', () => {
    expect(wants(reserving(1.5))).toEqual(['insufficient_resources big']);
    expect(wants(reserving(1.5), parsePoolShapes([node('worker', 2)], []))).toEqual([
      'insufficient_resources worker',
    ]);
    expect(wants(reserving(1.5, 0, { Constraints: ['node.labels.micado.pool==worker'] }))).toEqual([
      'insufficient_resources worker',
    ]);
  });

  test('are too large where no empty worker could hold them, whatever room a manager has', () => {
    expect(wants(reserving(17))).toEqual(['too_large']);
    expect(wants(reserving(1, 64 * GIB))).toEqual(['too_large']);
  });

  test('count the room that global services leave on a worker, where those may run', () => {
    const agent = (cores: number, Constraints: string[] = []) => ({
      Spec: {
        Mode: { Global: {} },
        TaskTemplate: {
          Resources: { Reservations: { NanoCPUs: cores * 1e9 } },
          Placement: { Constraints },
        },
      },
    });
    const web = { Spec: { Mode: { Replicated: { Replicas: 9 } }, TaskTemplate: agent(2).Spec.TaskTemplate } };
    const besides = (...global: object[]) => parsePoolShapes([node('worker', 2)], [...global, web]);
    expect(wants(reserving(2), besides(agent(0.1)))).toEqual(['too_large']);
    expect(wants(reserving(1.9), besides(agent(0.1)))).toEqual(['insufficient_resources worker']);
    expect(wants(reserving(2), besides(agent(0.1, ['node.role==manager'])))).toEqual([
      'insufficient_resources worker',
    ]);
  });

  test.each([
    ['a constraint that no worker satisfies', { Constraints: ['node.labels.zone==moon'] }],
    ['a node of a certain name', { Constraints: ['node.hostname==w1'] }],
    ['managers', { Constraints: ['node.role==manager'] }],
    ['another platform', { Platforms: [{ OS: 'windows', Architecture: 'amd64' }] }],
  ])('bound to %s want for their constraints, though the scheduler says resources', (_title, placement) => {
    expect(wants(reserving(1, 0, placement))).toEqual(['unsatisfied_constraints']);
  });

  test('keep any other reason of the scheduler', () => {
    expect(wants(task({ err: 'no suitable node (max replicas per node limit exceed)' }))).toEqual([
      'max_replicas_per_node',
    ]);
  });

  test('want for resources where no pool is known', () => {
    expect(wants(reserving(1_000), NO_POOLS)).toEqual(['insufficient_resources']);
  });

  test('of which nothing else is known fit every worker', () => {
    expect(wants({ ...task(), Spec: null })).toEqual(['insufficient_resources big']);
  });
});

test('amounts count generic resources by kind, whether they are numbered or named', () => {
  const resources = {
    NanoCPUs: 500_000_000,
    GenericResources: [
      { DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } },
      { NamedResourceSpec: { Kind: 'fpga', Value: 'a' } },
      { NamedResourceSpec: { Kind: 'fpga', Value: 'b' } },
      null,
    ],
  };
  expect(parseAmounts({ Resources: resources }, 'Resources')).toEqual({ cpu: 0.5, gpu: 2, fpga: 2 });
  expect(parseAmounts(null, 'Resources')).toEqual({});
});
