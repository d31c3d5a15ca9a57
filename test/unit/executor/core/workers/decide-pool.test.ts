/** Every verdict about a pool of workers that there is, and the order in which they come. */
import { describe, expect, test } from '@jest/globals';
import { decidePool } from '../../../../../executor/core/workers/decide-pool.ts';
import type { PoolWorld } from '../../../../../executor/core/workers/pool-world.ts';
import { MINUTE_MS, NOW_MS } from '../../builders.ts';
import { aNode, aPool, aPoolAlert, aPoolService, aTask, aVm, GIB, POOL_LIMITS } from '../../pool-builders.ts';

const decide = (world: PoolWorld, limits = POOL_LIMITS) => decidePool(world, limits, NOW_MS);
const overloaded = aPoolAlert('overloaded');
const underloaded = aPoolAlert('underloaded');
const AWAY = { kind: 'away', problem: 'it does not answer' } as const;
const silence = {
  kind: 'known',
  value: {
    listed: [],
    silences: [
      {
        id: 's1',
        startsAtMs: 0,
        endsAtMs: NOW_MS * 2,
        matchers: [{ name: 'node', value: 'worker', isRegex: false, isEqual: true }],
      },
    ],
  },
} as const;
const threeWaiting = {
  services: [aPoolService('web', { replicas: 3 })],
  tasks: [1, 2, 3].map(() => aTask('web', undefined, { needs: { nanoCpus: 1e9 } })),
};

describe('a pool grows', () => {
  test('by the step of the rule when it is loaded', () => {
    expect(decide(aPool({ alerts: [overloaded] }))).toMatchObject({
      kind: 'scale',
      from: 2,
      to: 3,
      reason: 'overloaded',
      alert: 'worker_overloaded',
    });
  });

  test('by as many workers as the waiting tasks fill', () => {
    expect(decide(aPool({ alerts: [aPoolAlert('overloaded', {}, 3)], ...threeWaiting }))).toMatchObject({
      to: 4,
      reason: 'pending_tasks',
      detail: 'tasks wait for room: 3 of web',
      clamps: [],
    });
  });

  test('no further than the rule, the provider and the executor allow', () => {
    const wants = { alerts: [aPoolAlert('overloaded', { step: '10' })] };
    expect(decide(aPool(wants))).toMatchObject({ to: 4, clamps: [{ wanted: 12, by: 'max' }] });
    expect(decide(aPool({ ...wants, providerMax: 3 }))).toMatchObject({ to: 3 });
    expect(decide(aPool(wants), { ...POOL_LIMITS, maxWorkers: 3 })).toMatchObject({
      to: 3,
      clamps: [{ wanted: 12, by: 'max_workers' }],
    });
  });

  test('to its minimum whatever the alerts say', () => {
    expect(decide(aPool({ bounds: { min: '4' }, alerts: [underloaded] }))).toMatchObject({
      kind: 'scale',
      to: 4,
      reason: 'out_of_bounds',
    });
  });
});

describe('a pool does not grow', () => {
  const late = { vmSinceMs: {}, unevenSinceMs: NOW_MS - 16 * MINUTE_MS };
  test.each<readonly [string, PoolWorld]>([
    ['not_firing', aPool()],
    ['prometheus_away', { ...aPool(), alerts: AWAY }],
    ['prometheus_away', { ...aPool({ alerts: [overloaded] }), rules: AWAY }],
    ['prometheus_away', { ...aPool({ alerts: [overloaded] }), load: AWAY }],
    ['silences_unknown', aPool({ alerts: [overloaded], suppressions: AWAY })],
    ['silenced', aPool({ alerts: [overloaded], suppressions: silence })],
    ['docker_away', { ...aPool({ alerts: [overloaded] }), swarm: AWAY }],
    ['provider_away', { ...aPool({ alerts: [overloaded] }), report: AWAY }],
    [
      'unknown_infrastructure',
      { ...aPool({ alerts: [overloaded] }), report: { kind: 'known', value: undefined } },
    ],
    ['unknown_pool', { ...aPool(), rules: { kind: 'known', value: [] } }],
    ['shared_pool', aPool({ alerts: [overloaded], rivals: ['other'] })],
    ['at_max', aPool({ alerts: [overloaded], bounds: { max: '2' } })],
    ['in_flight', aPool({ alerts: [overloaded], asked: 3 })],
    ['in_flight', aPool({ alerts: [overloaded], vms: [aVm(1), aVm(2), aVm(3, 'booting')] })],
    ['in_flight', aPool({ alerts: [overloaded], vms: [aVm(1), aVm(2), aVm(3)] })],
    ['provider_stuck', aPool({ alerts: [overloaded], asked: 3, waits: late })],
    [
      'cooldown',
      aPool({
        alerts: [overloaded],
        history: { lastScaleOutMs: NOW_MS - 30_000, lastChangeMs: undefined, bootFailuresMs: [] },
      }),
    ],
    [
      'back_off',
      aPool({
        alerts: [overloaded],
        history: { lastScaleOutMs: undefined, lastChangeMs: undefined, bootFailuresMs: [NOW_MS - 30_000] },
      }),
    ],
    ['no_node_provider', aPool({ alerts: [overloaded], providerName: 'none' })],
    ['paused', aPool({ alerts: [overloaded], pause: { reason: 'night' } })],
  ])('for reason %s', (reason, world) => {
    expect(decide(world)).toMatchObject({ reason });
  });

  test('under a dry run', () => {
    expect(decide(aPool({ alerts: [overloaded] }), { ...POOL_LIMITS, dryRun: true })).toMatchObject({
      kind: 'hold',
      reason: 'dry_run',
    });
  });

  test('while a worker that has joined is not scraped yet', () => {
    const world = aPool({ alerts: [overloaded] });
    const load = [
      { hostname: 'w1', isScraped: true, busy: 0.9 },
      { hostname: 'w2', isScraped: false, busy: undefined },
    ];
    expect(decide({ ...world, load: { kind: 'known', value: load } })).toMatchObject({
      reason: 'in_flight',
      detail: 'vm-2 is not scraped yet',
    });
  });

  test('for a worker that has just joined and has taken no load yet', () => {
    const nodes = [aNode('w1'), aNode('w2', { createdAtMs: NOW_MS - 10_000 })];
    expect(decide(aPool({ nodes, alerts: [overloaded] }))).toMatchObject({
      reason: 'cooldown',
      untilMs: NOW_MS + 50_000,
    });
  });

  test('for tasks that no empty worker would take, and says which', () => {
    const services = [aPoolService('huge')];
    const tasks = [aTask('huge', undefined, { needs: { memoryBytes: 64 * GIB } })];
    expect(decide(aPool({ services, tasks, alerts: [aPoolAlert('overloaded', {}, 1)] }))).toMatchObject({
      reason: 'unschedulable',
      detail: '1 of huge: it reserves 65536 MiB, 4096 are free',
    });
  });

  test('for a hundred such tasks either, although their number is above the threshold', () => {
    const tasks = Array.from({ length: 100 }, () =>
      aTask('huge', undefined, { needs: { constraints: ['node.labels.gpu==yes'] } }),
    );
    expect(decide(aPool({ tasks, alerts: [aPoolAlert('overloaded', {}, 100)] }))).toMatchObject({
      reason: 'unschedulable',
    });
  });
});

describe('a VM that never became a worker', () => {
  const waits = { vmSinceMs: { 'vm-3': NOW_MS - 16 * MINUTE_MS }, unevenSinceMs: undefined };
  const vms = [aVm(1), aVm(2), aVm(3)];

  test('is given back', () => {
    expect(decide(aPool({ vms, waits }))).toMatchObject({
      kind: 'step',
      reason: 'boot_failed',
      step: { kind: 'remove_vm', vmId: 'vm-3' },
    });
  });

  test('is replaced first where the provider goes not below its minimum', () => {
    expect(decide(aPool({ vms, waits, providerMin: 3 }))).toMatchObject({
      kind: 'scale',
      to: 4,
      reason: 'replace_failed',
    });
  });

  test('is not replaced while Prometheus is away', () => {
    const world = aPool({ vms, waits, providerMin: 3 });
    expect(decide({ ...world, alerts: AWAY })).toMatchObject({ reason: 'prometheus_away' });
  });

  test('is nobody’s business in a pool that no rule names', () => {
    const world = aPool({ vms, waits });
    expect(decide({ ...world, rules: { kind: 'known', value: [] } })).toMatchObject({
      reason: 'unknown_pool',
    });
  });

  test('stays where that would be above the maximum', () => {
    expect(decide(aPool({ vms, waits, providerMin: 3, bounds: { max: '3' } }))).toMatchObject({
      reason: 'at_max',
    });
  });

  test('is left alone while some Ready node may be it', () => {
    const nodes = [aNode('w1'), aNode('w2'), aNode('w3', { address: '192.168.0.3' })];
    expect(decide(aPool({ nodes, vms, waits }))).toMatchObject({ reason: 'not_firing' });
  });

  test('holds nothing back when it only is not scraped', () => {
    const nodes = [aNode('w1'), aNode('w2'), aNode('w3')];
    const world = aPool({ nodes, vms, waits, alerts: [overloaded] });
    const load = nodes.map(({ hostname }) => ({ hostname, isScraped: hostname !== 'w3', busy: 0.9 }));
    expect(decide({ ...world, load: { kind: 'known', value: load } })).toMatchObject({
      kind: 'scale',
      to: 4,
    });
  });
});

describe('a pool shrinks', () => {
  test('by its least busy worker, which takes no more tasks from now on', () => {
    expect(decide(aPool({ alerts: [underloaded] }))).toEqual({
      kind: 'step',
      reason: 'drain_started',
      detail: 'w1 (vm-1) is the least busy',
      step: {
        kind: 'mark_node',
        nodeId: 'node-w1',
        availability: 'pause',
        mark: { phase: 'paused', startedAtMs: NOW_MS, infraId: 'infra', vmId: 'vm-1' },
      },
    });
  });

  test('under a lowered maximum without any alert', () => {
    expect(decide(aPool({ bounds: { max: '1' } }))).toMatchObject({ reason: 'drain_started' });
  });

  test.each<readonly [string, PoolWorld]>([
    ['at_min', aPool({ alerts: [underloaded], bounds: { min: '2' } })],
    ['at_min', aPool({ alerts: [underloaded], providerMin: 2 })],
    ['at_max', aPool({ alerts: [underloaded, overloaded], bounds: { max: '2' } })],
    ['silenced', aPool({ alerts: [underloaded], suppressions: silence })],
    ['silences_unknown', aPool({ alerts: [underloaded], suppressions: AWAY })],
    ['in_flight', aPool({ alerts: [underloaded], asked: 3 })],
    ['would_flap', aPool({ alerts: [aPoolAlert('underloaded', {}, 31)] })],
    ['no_victim', aPool({ alerts: [underloaded], ...threeWaiting })],
    [
      'cooldown',
      aPool({
        alerts: [underloaded],
        history: { lastScaleOutMs: undefined, lastChangeMs: NOW_MS - 30_000, bootFailuresMs: [] },
      }),
    ],
    ['no_node_provider', aPool({ alerts: [underloaded], providerName: 'none' })],
  ])('but not for reason %s', (reason, world) => {
    expect(decide(world)).toMatchObject({ reason });
  });
});

describe('a node of the pool that is down', () => {
  const nodes = [aNode('w1'), aNode('w2'), aNode('w3', { state: 'down' })];

  test('leaves the Swarm when it has no VM', () => {
    expect(decide(aPool({ nodes }))).toMatchObject({
      reason: 'stale_node',
      step: { kind: 'remove_node', nodeId: 'node-w3' },
    });
  });

  test('stays for a while, and while the provider has its VM', () => {
    const fresh = [...nodes.slice(0, 2), aNode('w3', { state: 'down', updatedAtMs: NOW_MS - 1_000 })];
    expect(decide(aPool({ nodes: fresh }))).toMatchObject({ reason: 'not_firing' });
    expect(decide(aPool({ nodes, vms: [aVm(1), aVm(2), aVm(3)] }))).toMatchObject({ reason: 'in_flight' });
  });

  test('stays while nobody knows whether it has a VM', () => {
    expect(decide({ ...aPool({ nodes }), report: AWAY })).toMatchObject({ reason: 'provider_away' });
  });
});
