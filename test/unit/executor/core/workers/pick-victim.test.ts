/** Which worker may go, and why every other must stay. */
import { describe, expect, test } from '@jest/globals';
import { judgeVictims, pickVictim } from '../../../../../executor/core/workers/pick-victim.ts';
import type { SwarmView, WorkerNode } from '../../../../../executor/core/workers/swarm-view.ts';
import { POOL_VM_NODE_LABEL } from '../../../../../internal/contract/labels.ts';
import { NOW_MS } from '../../builders.ts';
import { aManager, aNode, aPoolService, aTask, aVm, GIB, POOL_LIMITS } from '../../pool-builders.ts';

type Options = Partial<SwarmView> & {
  readonly busy?: readonly (number | undefined)[];
  readonly vms?: ReturnType<typeof aVm>[];
};
const w1 = aNode('w1');
const w2 = aNode('w2');

function judge({
  nodes = [w1, w2],
  services = [],
  tasks = [],
  busy = [0.1, 0.2],
  vms = [aVm(1), aVm(2)],
}: Options) {
  const load = nodes.map(({ hostname }, index) => ({
    hostname,
    isScraped: true,
    busy: busy[index] ?? undefined,
  }));
  const report = { min: undefined, max: undefined, target: vms.length, vms };
  const view = { nodes, services, tasks };
  return judgeVictims({ view, pool: 'worker', report, load, nowMs: NOW_MS }, POOL_LIMITS);
}
const chosen = (options: Options): string | undefined => pickVictim(judge(options))?.node.hostname;
const whyStays = (name: string, options: Options): string | undefined => {
  const verdict = judge(options).find(({ node }) => node.hostname === name)?.verdict;
  return verdict?.kind === 'must_stay' ? verdict.why : undefined;
};

describe('the victim', () => {
  test('is the least busy worker', () => {
    expect(chosen({ busy: [0.5, 0.4] })).toBe('w2');
  });

  test('of equals is the one with fewer tasks, then the younger one', () => {
    const services = [aPoolService('web', { replicas: 2 })];
    expect(chosen({ busy: [0.1, 0.1], services, tasks: [aTask('web', w1)] })).toBe('w2');
    const younger = aNode('w2', { createdAtMs: w1.createdAtMs + 1 });
    expect(chosen({ busy: [0.1, 0.1], nodes: [w1, younger] })).toBe('w2');
  });

  test('is none where all must stay', () => {
    expect(chosen({ busy: [] })).toBeUndefined();
  });
});

describe('a worker must stay', () => {
  const changed = (options: Partial<WorkerNode>): Options => ({ nodes: [aNode('w1', options), w2] });
  const service = (options = {}): Options => ({
    services: [aPoolService('web', options)],
    tasks: [aTask('web', w1)],
  });
  const needing = (needs: Parameters<typeof aTask>[2]): Options => ({
    services: [aPoolService('web')],
    tasks: [aTask('web', w1, needs)],
  });
  test.each<readonly [string, string, Options]>([
    ['is a manager', 'it is a manager', changed({ role: 'manager' })],
    ['has just joined', 'it has just joined', changed({ createdAtMs: NOW_MS - 1_000 })],
    ['a person has paused', 'it is ready and pause', changed({ availability: 'pause' })],
    ['is down', 'it is down and active', changed({ state: 'down' })],
    ['has no VM', 'no VM of the provider has its address', changed({ address: '192.168.0.1' })],
    [
      'has an unknown VM',
      'no VM of the provider has its address',
      changed({ labels: { [POOL_VM_NODE_LABEL]: 'x' } }),
    ],
    ['shares an address', 'its VM is ambiguous: vm-1', { nodes: [w1, aNode('w2', { address: '10.0.0.1' })] }],
    [
      'has two VMs',
      'its VM is ambiguous: vm-1, vm-3',
      { vms: [aVm(1), aVm(2), { ...aVm(3), addresses: ['10.0.0.1'] }] },
    ],
    ['has a VM that stops', 'its VM is stopping', { vms: [aVm(1, 'stopping'), aVm(2)] }],
    ['is not measured', 'its load is not measured', { busy: [undefined, 0.1] }],
    ['has a volume', 'web has a volume there', needing({ needs: { mountsVolume: true } })],
    ['runs a job', 'the job web runs there', service({ mode: 'replicated-job' })],
    [
      'has a task that is pinned to it',
      'web fits nowhere else: its constraint node.hostname==w1 is not met',
      needing({ needs: { constraints: ['node.hostname==w1'] } }),
    ],
    [
      'has a task that is too large for the others',
      'web fits nowhere else: it reserves 3072 MiB, 2048 are free',
      {
        services: [aPoolService('web')],
        tasks: [
          aTask('web', w1, { needs: { memoryBytes: 3 * GIB } }),
          aTask('web', w2, { needs: { memoryBytes: 2 * GIB } }),
        ],
      },
    ],
    [
      'has a task whose GPU no other worker has to spare',
      'web fits nowhere else: it reserves 1 gpu, 0 are free',
      {
        nodes: [aNode('w1', { generic: { gpu: 1 } }), aNode('w2', { generic: { gpu: 1 } })],
        services: [aPoolService('web')],
        tasks: [
          aTask('web', w1, { needs: { generic: { gpu: 1 } } }),
          aTask('web', w2, { needs: { generic: { gpu: 1 } } }),
        ],
      },
    ],
    [
      'has a host port that is taken elsewhere',
      'web fits nowhere else: host port tcp/80 is taken',
      {
        services: [aPoolService('web', { hostPorts: ['tcp/80'] })],
        tasks: [aTask('web', w1), aTask('web', w2)],
      },
    ],
    [
      'has a task of which each node takes one only',
      'web fits nowhere else: at most 1 of its tasks may share a node',
      {
        services: [aPoolService('web')],
        tasks: [
          aTask('web', w1, { needs: { maxPerNode: 1 } }),
          aTask('web', w2, { needs: { maxPerNode: 1 } }),
        ],
      },
    ],
    ['is the last one', 'web fits nowhere else: there is no other node', { nodes: [w1], ...service() }],
  ])('when it %s', (_, why, options) => {
    expect(whyStays('w1', options)).toBe(why);
  });
});

describe('what does not keep a worker', () => {
  test('is a task of a global service', () => {
    const services = [aPoolService('exporter', { mode: 'global' })];
    expect(chosen({ services, tasks: [aTask('exporter', w1, { needs: { mountsVolume: true } })] })).toBe(
      'w1',
    );
  });

  test('is room on an active manager', () => {
    const tasks = [aTask('web', w1, { needs: { memoryBytes: 3 * GIB } })];
    const nodes = [w1, aManager()];
    expect(chosen({ nodes, services: [aPoolService('web')], tasks, vms: [aVm(1)] })).toBe('w1');
  });

  test('is an address that a dead node of the Swarm still has', () => {
    const ghost = aNode('w3', { address: w1.address, state: 'down' });
    expect(chosen({ nodes: [w1, w2, ghost], busy: [0.1, 0.2] })).toBe('w1');
  });
});
