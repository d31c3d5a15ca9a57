/** Constraints as Swarm reads them, room on machines, and which waiting tasks are a reason to buy one. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPendingTasks } from '../../../../../executor/core/workers/pending-tasks.ts';
import {
  countRooms,
  type Lodger,
  roomOn,
  whyNoRoom,
} from '../../../../../executor/core/workers/task-room.ts';
import { meetsConstraint } from '../../../../../internal/contract/placement.ts';
import { aNode, aPoolService, aTask, GIB, NEEDS } from '../../pool-builders.ts';

describe('a constraint', () => {
  const node = aNode('w1', { labels: { tier: 'Gold' }, engineLabels: { ssd: 'yes' } });
  test.each([
    ['node.hostname==w1', true],
    ['node.hostname == W1', true],
    ['node.hostname!=w1', false],
    ['node.id==node-w1', true],
    ['node.ip==10.0.0.1', true],
    ['node.role==worker', true],
    ['node.role!=manager', true],
    ['node.labels.tier==gold', true],
    ['node.labels.tier!=gold', false],
    ['node.labels.none!=x', true],
    ['node.labels.none==x', false],
    ['engine.labels.ssd==yes', true],
    ['node.platform.os==linux', true],
    ['node.platform.arch==x86_64', true],
    ['node.platform.arch==amd64', false],
    ['node.unknown==x', false],
    ['node.unknown!=x', false],
    ['nonsense', false],
  ])('%s is met: %s', (constraint, isMet) => {
    expect(meetsConstraint(node, constraint)).toBe(isMet);
  });

  test('on a name is never met by a worker that is not there yet', () => {
    const { role, labels, engineLabels, platform } = node;
    expect(meetsConstraint({ role, labels, engineLabels, platform }, 'node.hostname==w1')).toBe(false);
    expect(meetsConstraint({ role, labels, engineLabels, platform }, 'node.hostname!=w1')).toBe(true);
  });
});

describe('tasks that wait', () => {
  const w1 = aNode('w1', { labels: { zone: 'a', 'micado.vm': 'vm-1' }, generic: { gpu: 2 } });
  const w2 = aNode('w2', { labels: { zone: 'a', 'micado.vm': 'vm-2' }, generic: { gpu: 2 } });
  const pending = (needs: Parameters<typeof aTask>[2]) =>
    readPendingTasks(
      {
        nodes: [w1, w2],
        services: [aPoolService('web', { hostPorts: [] })],
        tasks: [aTask('web', undefined, needs)],
      },
      'worker',
    );
  test.each([
    ['fit what all workers have in common', { needs: { constraints: ['node.labels.zone==a'] } }, 1],
    ['fit the pool', { needs: { constraints: ['node.labels.micado.pool==worker', 'node.role==worker'] } }, 1],
    ['reserve less than a worker has', { needs: { nanoCpus: 2e9, memoryBytes: 4 * GIB } }, 1],
    ['reserve more cores', { needs: { nanoCpus: 2.1e9 } }, 0],
    ['reserve more memory', { needs: { memoryBytes: 64 * GIB } }, 0],
    ['want a manager', { needs: { constraints: ['node.role==manager'] } }, 0],
    ['want a label of one worker only', { needs: { constraints: ['node.labels.micado.vm==vm-1'] } }, 0],
    ['want another platform', { needs: { platforms: [{ os: 'windows', architecture: 'amd64' }] } }, 0],
    ['want this platform', { needs: { platforms: [{ os: 'linux', architecture: 'amd64' }] } }, 1],
    ['want a GPU that all workers have', { needs: { generic: { gpu: 1 } } }, 1],
    ['want more GPUs than a worker has', { needs: { generic: { gpu: 3 } } }, 0],
    ['want a kind of resource that no worker has', { needs: { generic: { fpga: 1 } } }, 0],
    ['wait for an image', { error: '' }, 0],
    [
      'are held back by the replicas per node alone',
      { needs: { maxPerNode: 1 }, error: 'no suitable node (max replicas per node limit exceed)' },
      0,
    ],
  ])('and %s', (_, needs, workers) => {
    expect(pending(needs).workers).toBe(workers);
  });

  test('of a pool without any worker are taken on trust, by one', () => {
    const needs = { nanoCpus: 8e9, generic: { gpu: 4 } };
    const tasks = [1, 2].map(() => aTask('web', undefined, { needs }));
    expect(readPendingTasks({ nodes: [], services: [], tasks }, 'worker').workers).toBe(1);
  });

  test('leave room for what runs on every node', () => {
    const services = [aPoolService('web'), aPoolService('agent', { mode: 'global' })];
    const tasks = [
      aTask('agent', w1, { needs: { nanoCpus: 1e9 } }),
      ...[1, 2].map(() => aTask('web', undefined, { needs: { nanoCpus: 1e9 } })),
    ];
    expect(readPendingTasks({ nodes: [w1], services, tasks }, 'worker').workers).toBe(2);
  });

  test('take as many workers as have all their GPUs', () => {
    const tasks = [1, 2, 3].map(() => aTask('web', undefined, { needs: { generic: { gpu: 1 } } }));
    expect(readPendingTasks({ nodes: [w1, w2], services: [], tasks }, 'worker').workers).toBe(2);
  });

  test('say which resource is too little', () => {
    expect(pending({ needs: { generic: { gpu: 3 } } }).unschedulable).toEqual([
      { service: 'web', tasks: 1, why: 'it reserves 3 gpu, 2 are free' },
    ]);
  });

  test('with a host port take a worker each', () => {
    const services = [aPoolService('web', { hostPorts: ['tcp/80'] })];
    const tasks = [1, 2, 3].map(() => aTask('web', undefined));
    expect(readPendingTasks({ nodes: [w1], services, tasks }, 'worker').workers).toBe(3);
  });
});

describe('the number of workers', () => {
  const empty = roomOn({ nodes: [], services: [], tasks: [] }, aNode('w1'));
  const lodgers = fc.array(
    fc.record({ cores: fc.integer({ min: 0, max: 20 }), gib: fc.integer({ min: 0, max: 4 }) }).map(
      ({ cores, gib }): Lodger => ({
        serviceId: 's',
        name: 's',
        hostPorts: [],
        needs: { ...NEEDS, nanoCpus: cores * 1e8, memoryBytes: gib * GIB },
      }),
    ),
    { maxLength: 30 },
  );

  test('is at least what the sums need and at most one for each task', () => {
    fc.assert(
      fc.property(lodgers, (all) => {
        const cpus = all.reduce((sum, { needs }) => sum + needs.nanoCpus, 0);
        const memory = all.reduce((sum, { needs }) => sum + needs.memoryBytes, 0);
        const count = countRooms(empty, all);
        expect(count).toBeLessThanOrEqual(all.length);
        expect(count).toBeGreaterThanOrEqual(Math.ceil(Math.max(cpus / 2e9, memory / (4 * GIB)) - 1e-9));
      }),
    );
  });

  test('does not depend on the order of the tasks as long as they are alike', () => {
    const one = { serviceId: 's', name: 's', hostPorts: [], needs: { ...NEEDS, nanoCpus: 0.75e9 } };
    expect(whyNoRoom(empty, one)).toBeUndefined();
    expect(
      countRooms(
        empty,
        Array.from({ length: 5 }, () => one),
      ),
    ).toBe(3);
  });
});
