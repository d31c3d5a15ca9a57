import { describe, expect, test } from '@jest/globals';
import {
  deadWorkers,
  describeDoomed,
  describeRemains,
  describeStopByHand,
  isOver,
  unwitnessedVms,
  type WorkerNode,
  workersOf,
} from '../../../../deploy/core/plan-destroy.ts';

const aNode = (hostname: string, overrides: Partial<WorkerNode> = {}): WorkerNode => ({
  id: `id-${hostname}`,
  hostname,
  address: `10.0.0.${hostname.slice(1)}`,
  role: 'worker',
  availability: 'active',
  state: 'ready',
  labels: { 'micado.pool': 'worker' },
  ...overrides,
});
const vm = (id: string, address: string, node = 'worker') => ({ id, node, addresses: [address] });
const namesOf = (nodes: readonly WorkerNode[]) => nodes.map(({ hostname }) => hostname);

describe('what is destroyed', () => {
  test('are the pools that the executor knows of it and those that have VMs', () => {
    const doomed = describeDoomed('infra', [vm('a', '10.0.0.1', 'gpu')], ['VM/infra/worker', 'docker/gpu']);
    expect(doomed).toMatchObject({ pools: ['gpu', 'worker'], shared: [] });
  });

  test('are the workers of its pools, never a manager', () => {
    const doomed = describeDoomed('infra', [], ['VM/infra/worker', 'VM/other/gpu']);
    const nodes = [
      aNode('w1'),
      aNode('w2', { role: 'manager' }),
      aNode('w3', { labels: {} }),
      aNode('w4', { labels: { 'micado.pool': 'gpu' } }),
    ];
    expect(namesOf(workersOf(doomed, nodes))).toEqual(['w1']);
  });

  test('are only its own VMs where another infrastructure has a pool of that name', () => {
    const vms = [vm('a', '10.0.0.1'), vm('b', '10.9.9.9')];
    const doomed = describeDoomed('infra', vms, ['VM/infra/worker', 'VM/other/worker']);
    const labelled = (id: string) => ({ labels: { 'micado.pool': 'worker', 'micado.vm': id } });
    const nodes = [
      aNode('w1'),
      aNode('w2'),
      aNode('w3', labelled('b')),
      // The label outweighs the address, which a new VM may have got.
      aNode('w4', { ...labelled('z'), address: '10.9.9.9' }),
    ];
    expect(namesOf(workersOf(doomed, nodes))).toEqual(['w1', 'w3']);
  });
});

describe('what is left', () => {
  test('is nothing where Occopus has forgotten it and no worker answers', () => {
    const aftermath = { report: undefined, workers: [aNode('w1', { state: 'down' })] };
    expect(isOver(aftermath)).toBe(true);
    expect(describeRemains('infra', 'Occopus', aftermath)).toEqual([]);
  });

  test.each(['ready', 'unknown', 'disconnected'])('is a worker that is %s', (state) => {
    const aftermath = { report: undefined, workers: [aNode('w1', { state })] };
    expect(isOver(aftermath)).toBe(false);
    expect(describeRemains('infra', 'Occopus', aftermath)).toEqual([
      `node w1 (10.0.0.1) is still ${state} in the Swarm: its VM runs on; stop it in the cloud`,
    ]);
  });

  test('is what Occopus still has, VMs or none', () => {
    expect(isOver({ report: [], workers: [] })).toBe(false);
    expect(describeRemains('infra', 'Occopus', { report: [vm('a', '10.0.0.1')], workers: [] })).toEqual([
      'Occopus still has infra, with 1 VMs',
      '  VM a of worker 10.0.0.1',
    ]);
  });

  test('may be a worker that is down and comes back: the Swarm keeps it', () => {
    const workers = [aNode('w1', { state: 'down' }), aNode('w2', { state: 'down' }), aNode('w3')];
    expect(namesOf(deadWorkers({ report: [vm('a', '10.0.0.1')], workers }))).toEqual(['w2']);
    expect(namesOf(deadWorkers({ report: undefined, workers }))).toEqual(['w1', 'w2']);
  });

  test('cannot be told of a VM that never was a node', () => {
    const doomed = describeDoomed('infra', [vm('a', '10.0.0.1'), vm('b', '10.0.0.2')], []);
    expect(unwitnessedVms(doomed, [aNode('w1')])).toEqual([vm('b', '10.0.0.2')]);
  });

  test('is for the operator to stop where nobody else can, each VM by its name', () => {
    const labels = { 'micado.pool': 'worker', 'micado.vm': 'vm-2' };
    const workers = [aNode('w1'), aNode('w2', { labels }), aNode('w3', { state: 'down' })];
    expect(describeStopByHand(workers)).toBe(
      'nobody here can: stop these VMs in the cloud now: w1 (10.0.0.1), w2 (10.0.0.2, VM vm-2)',
    );
    expect(describeStopByHand([])).toBe('there is no VM to stop');
  });
});
