/** The way of a worker out of its pool, step by step, and the ways back. */
import { describe, expect, test } from '@jest/globals';
import { decidePool } from '../../../../../executor/core/workers/decide-pool.ts';
import { type DrainPhase, formatDrainMark } from '../../../../../executor/core/workers/drain-mark.ts';
import type { PoolWorld } from '../../../../../executor/core/workers/pool-world.ts';
import { STATE_LABEL, STATE_NODE_LABEL } from '../../../../../internal/contract/labels.ts';
import { MINUTE_MS, NOW_MS } from '../../builders.ts';
import { aNode, aPool, aPoolAlert, aPoolService, aTask, aVm, POOL_LIMITS } from '../../pool-builders.ts';

const decide = (world: PoolWorld) => decidePool(world, POOL_LIMITS, NOW_MS);
const AWAY = { kind: 'away', problem: 'it does not answer' } as const;
const marked = (phase: DrainPhase, startedAtMs = NOW_MS - MINUTE_MS): Readonly<Record<string, string>> => ({
  [STATE_NODE_LABEL.drain]: formatDrainMark({ phase, startedAtMs, infraId: 'infra', vmId: 'vm-1' }),
});
const leaving = (phase: DrainPhase, options: Parameters<typeof aNode>[1] = {}) =>
  aNode('w1', {
    availability: phase === 'paused' || phase === 'moving' ? 'pause' : 'drain',
    labels: marked(phase),
    ...options,
  });
const w2 = aNode('w2');
const web = aPoolService('web');
const moved = aPoolService('web', {
  replicas: 2,
  labels: { [STATE_LABEL.moving]: 'node-w1', [STATE_LABEL.replicas]: '2' },
});
const toPhase = (phase: DrainPhase) => ({
  reason: 'drain_advanced',
  step: { kind: 'mark_node', mark: { phase } },
});

describe('a worker that goes', () => {
  test('has the only task of a service moved by one more replica', () => {
    const node = leaving('paused');
    const world = aPool({ nodes: [node, w2], services: [web], tasks: [aTask('web', node)] });
    expect(decide(world)).toMatchObject({
      reason: 'drain_advanced',
      step: { kind: 'set_replicas', serviceId: 'web', replicas: 2, movingFrom: 'node-w1' },
    });
  });

  test('gets no replica for a service that runs elsewhere as well', () => {
    const node = leaving('paused');
    const tasks = [aTask('web', node), aTask('web', w2)];
    expect(decide(aPool({ nodes: [node, w2], services: [web], tasks }))).toMatchObject(toPhase('draining'));
  });

  test('waits for the update of a service before it touches the service', () => {
    const node = leaving('paused');
    const services = [aPoolService('web', { updateState: 'updating' })];
    expect(decide(aPool({ nodes: [node, w2], services, tasks: [aTask('web', node)] }))).toMatchObject({
      kind: 'hold',
      reason: 'draining',
    });
  });

  test('is not drained before the task runs elsewhere', () => {
    const starting = { state: 'starting' };
    for (const phase of ['paused', 'moving'] as const) {
      const node = leaving(phase);
      const tasks = [aTask('web', node), aTask('web', w2, starting)];
      const decision = decide(aPool({ nodes: [node, w2], services: [moved], tasks }));
      expect(decision).toMatchObject(phase === 'paused' ? toPhase('moving') : { reason: 'draining' });
    }
  });

  test('is drained once it does', () => {
    const node = leaving('moving');
    const tasks = [aTask('web', node), aTask('web', w2)];
    expect(decide(aPool({ nodes: [node, w2], services: [moved], tasks }))).toMatchObject({
      step: { kind: 'mark_node', availability: 'drain', mark: { phase: 'draining' } },
    });
  });

  test('keeps its VM while a task of it still ends its requests', () => {
    const node = leaving('draining');
    const tasks = [aTask('web', node, { desiredState: 'shutdown' }), aTask('web', w2)];
    expect(decide(aPool({ nodes: [node, w2], services: [web], tasks }))).toMatchObject({
      reason: 'draining',
      detail: '1 tasks are leaving w1',
    });
  });

  test('gives the added replica back when as many tasks as before run elsewhere, not sooner', () => {
    const nodes = [leaving('draining'), w2];
    const world = (...states: readonly string[]) =>
      aPool({ nodes, services: [moved], tasks: states.map((state) => aTask('web', w2, { state })) });
    const back = {
      reason: 'replica_taken_back',
      step: { serviceId: 'web', replicas: 1, movingFrom: undefined },
    };
    expect(decide(world('starting', 'starting'))).toMatchObject({ reason: 'draining' });
    expect(decide(world('running', 'running'))).toMatchObject(back);
    // A second one may find no node before that: at most one per node, or a host port.
    expect(decide(world('running', 'pending'))).toMatchObject(back);
  });

  test('goes on while only the replica too many of a moved service waits, as where its port is taken', () => {
    const error = 'no suitable node (host-mode port already in use on 1 node)';
    const world = (phase: DrainPhase, state: string) => {
      const node = leaving(phase);
      const gone = phase === 'draining' ? [] : [aTask('web', node)];
      const tasks = [...gone, aTask('web', w2, { state }), aTask('web', undefined, { error })];
      return aPool({ nodes: [node, w2], services: [moved], tasks });
    };
    expect(decide(world('draining', 'running'))).toMatchObject({ reason: 'replica_taken_back' });
    expect(decide(world('moving', 'pending'))).toMatchObject({ reason: 'drain_undone' });
  });

  test('leaves the replicas as they are where somebody else has set them', () => {
    const services = [{ ...moved, replicas: 5 }];
    const tasks = [1, 2, 3, 4, 5].map(() => aTask('web', w2));
    expect(decide(aPool({ nodes: [leaving('draining'), w2], services, tasks }))).toMatchObject({
      step: { replicas: 5, movingFrom: undefined },
    });
  });

  test('is empty, and its VM is asked for', () => {
    expect(decide(aPool({ nodes: [leaving('draining'), w2] }))).toMatchObject(toPhase('removing'));
    expect(decide(aPool({ nodes: [leaving('removing'), w2] }))).toMatchObject({
      reason: 'vm_removed',
      step: { kind: 'remove_vm', vmId: 'vm-1' },
    });
  });

  test('is not asked for twice', () => {
    const nodes = [leaving('removing'), w2];
    expect(decide(aPool({ nodes, asked: 1 }))).toMatchObject({ reason: 'draining' });
    expect(decide(aPool({ nodes, asked: 2, vms: [aVm(1, 'stopping'), aVm(2)] }))).toMatchObject({
      reason: 'draining',
    });
  });

  test('has its provider revived when the VM does not stop for long', () => {
    const waits = { vmSinceMs: {}, unevenSinceMs: NOW_MS - 16 * MINUTE_MS };
    expect(decide(aPool({ nodes: [leaving('removing'), w2], asked: 1, waits }))).toMatchObject({
      reason: 'provider_stuck',
      step: { kind: 'revive_provider' },
    });
  });

  test('leaves the Swarm when its VM is gone and its node is down', () => {
    const vms = [aVm(2)];
    expect(decide(aPool({ nodes: [leaving('removing'), w2], vms }))).toMatchObject({ reason: 'draining' });
    expect(decide(aPool({ nodes: [leaving('removing', { state: 'down' }), w2], vms }))).toMatchObject({
      reason: 'worker_removed',
      step: { kind: 'remove_node', nodeId: 'node-w1' },
    });
  });

  test('that was lost on the way goes on as well', () => {
    const node = leaving('draining', { state: 'down' });
    const tasks = [aTask('web', node, { desiredState: 'shutdown' }), aTask('web', w2)];
    expect(decide(aPool({ nodes: [node, w2], services: [web], tasks }))).toMatchObject(toPhase('removing'));
  });
});

describe('a worker stays after all', () => {
  const nodes = [leaving('draining'), w2];
  const waiting = aTask('web', undefined, { needs: { nanoCpus: 1e9 } });
  const infinite = { kind: 'known', value: undefined } as const;
  test.each<readonly [string, PoolWorld]>([
    ['the load is back', aPool({ nodes, alerts: [aPoolAlert('overloaded')] })],
    ['tasks wait for room', aPool({ nodes, services: [web], tasks: [waiting] })],
    ['the minimum was raised', aPool({ nodes, bounds: { min: '2' } })],
    ['its rules are gone', { ...aPool({ nodes }), rules: { kind: 'known', value: [] } }],
    ['its infrastructure is gone', { ...aPool({ nodes }), report: infinite }],
    ['there is no provider any more', aPool({ nodes, providerName: 'none' })],
    ['it took too long', aPool({ nodes: [aNode('w1', { labels: marked('moving', 0) }), w2] })],
    [
      'its mark cannot be read',
      aPool({ nodes: [aNode('w1', { labels: { [STATE_NODE_LABEL.drain]: 'x' } }), w2] }),
    ],
    [
      'the testimony is away for too long',
      { ...aPool({ nodes: [aNode('w1', { labels: marked('moving', 0) }), w2] }), alerts: AWAY },
    ],
  ])('because %s', (_, world) => {
    expect(decide(world)).toMatchObject({
      reason: 'drain_undone',
      step: { kind: 'mark_node', nodeId: 'node-w1', availability: 'active', mark: undefined },
    });
  });

  test('and the replica that was added is taken back afterwards', () => {
    const tasks = [aTask('web', w2), aTask('web', w2)];
    expect(decide(aPool({ services: [moved], tasks }))).toMatchObject({
      reason: 'replica_taken_back',
      step: { serviceId: 'web', replicas: 1 },
    });
  });

  test('but not once its VM has been asked for', () => {
    const world = aPool({ nodes: [leaving('removing'), w2], asked: 1, alerts: [aPoolAlert('overloaded')] });
    expect(decide(world)).toMatchObject({ reason: 'draining' });
  });

  test('not, but another one comes, when its VM has left and the load is back', () => {
    const nodes = [leaving('removing'), w2];
    const world = aPool({ nodes, vms: [aVm(2)], alerts: [aPoolAlert('overloaded')] });
    expect(decide(world)).toMatchObject({ kind: 'scale', from: 1, to: 2 });
    expect(decide({ ...world, alerts: AWAY })).toMatchObject({ reason: 'draining' });
  });

  test('when two workers go at once, which only a person can bring about', () => {
    const second = aNode('w2', { labels: { ...marked('draining'), x: '1' } });
    const world = aPool({ nodes: [leaving('paused'), second, aNode('w3')], vms: [aVm(1), aVm(2), aVm(3)] });
    expect(decide(world)).toMatchObject({ reason: 'drain_undone', step: { nodeId: 'node-w1' } });
  });
});

describe('a worker that goes waits', () => {
  const nodes = [leaving('moving'), w2];
  test.each<readonly [string, PoolWorld]>([
    ['prometheus_away', { ...aPool({ nodes }), alerts: AWAY }],
    ['prometheus_away', { ...aPool({ nodes }), rules: AWAY }],
    ['provider_away', { ...aPool({ nodes }), report: AWAY }],
    ['docker_away', { ...aPool({ nodes }), swarm: AWAY }],
    ['paused', aPool({ nodes, pause: { reason: 'night' } })],
  ])('while the reason is %s', (reason, world) => {
    expect(decide(world)).toMatchObject({ kind: 'hold', reason });
  });

  test('for nothing once its VM has been asked for', () => {
    const world = aPool({ nodes: [leaving('removing', { state: 'down' }), w2], vms: [aVm(2)] });
    expect(decide({ ...world, alerts: AWAY, rules: AWAY, load: AWAY })).toMatchObject({
      reason: 'worker_removed',
    });
  });

  test('for no silence: it has begun', () => {
    const world = aPool({ nodes, alerts: [aPoolAlert('underloaded')], suppressions: AWAY });
    expect(decide(world)).toMatchObject(toPhase('draining'));
  });
});
