import { describe, expect, test } from '@jest/globals';
import { decideScaling } from '../../../../executor/core/decide-scaling.ts';
import type { Decision } from '../../../../executor/core/decision.ts';
import { stateLabels } from '../../../../executor/core/replica-history.ts';
import type { World } from '../../../../executor/core/world.ts';
import { STACK_PART_LABEL, STATE_LABEL } from '../../../../internal/contract/labels.ts';
import { anAlert, aService, aWorld, LIMITS, MINUTE_MS, NOW_MS, scaled, scaledByHand } from '../builders.ts';

const decide = (world: World, limits = LIMITS, nowMs = NOW_MS): Decision =>
  decideScaling(world, limits, nowMs);
const away = { kind: 'away', problem: 'connection refused' } as const;
const lastKnown = {
  kind: 'known',
  value: { listed: [], silences: [], outdatedBecause: 'connection refused' },
} as const;
const overloaded = anAlert('overloaded');
const underloaded = anAlert('underloaded');

describe('a scale', () => {
  test('goes up by one step when the service is overloaded', () => {
    expect(decide(aWorld({ alerts: [overloaded] }))).toEqual({
      kind: 'scale',
      from: 2,
      to: 3,
      direction: 'up',
      reason: 'overloaded',
      clamps: [],
      alert: 'web_overloaded',
      alertActiveAtMs: overloaded.activeAtMs,
    });
  });

  test('goes down by one step when the service is underloaded', () => {
    expect(decide(aWorld({ alerts: [underloaded] }))).toMatchObject({ from: 2, to: 1, direction: 'down' });
  });

  test('goes up where overloaded and underloaded fire at once', () => {
    expect(decide(aWorld({ alerts: [underloaded, overloaded] }))).toMatchObject({ direction: 'up' });
  });

  test('does not go down while the way up is held at max', () => {
    const alerts = [underloaded, anAlert('overloaded', { annotations: { max: '2' } })];
    expect(decide(aWorld({ alerts }))).toMatchObject({ kind: 'hold', reason: 'at_max' });
  });

  test('brings a service back into its bounds even in a cool-down', () => {
    const service = scaledByHand(aService(), 14, NOW_MS - 1_000);
    const alerts = [overloaded, anAlert('out_of_bounds', { annotations: { min: '1', max: '10' } })];
    expect(decide(aWorld({ alerts, service }))).toMatchObject({
      kind: 'scale',
      to: 10,
      direction: 'down',
      reason: 'out_of_bounds',
      clamps: [{ wanted: 14, by: 'max' }],
    });
  });

  test('lets out_of_bounds pass unnoticed where the replicas are within bounds', () => {
    expect(decide(aWorld({ alerts: [anAlert('out_of_bounds'), overloaded] }))).toMatchObject({
      reason: 'overloaded',
    });
  });

  test('wakes a service from the 0 that the executor set', () => {
    const service = scaled(aService(), 0, NOW_MS - 10 * MINUTE_MS);
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ from: 0, to: 1 });
  });

  test('is not held by a service_id that is the running service’s', () => {
    const alerts = [anAlert('overloaded', { annotations: { service_id: 'service1' } })];
    expect(decide(aWorld({ alerts }))).toMatchObject({ kind: 'scale' });
  });
});

describe('a hold', () => {
  const threeOfFour = aService({ replicas: 4, runningTasks: 3 });
  test.each<readonly [reason: string, when: string, world: World]>([
    ['not_firing', 'no alert is there', aWorld()],
    [
      'not_firing',
      'the alert is only pending',
      aWorld({ alerts: [anAlert('overloaded', { state: 'pending' })] }),
    ],
    ['not_firing', 'only the alert for people fires', aWorld({ alerts: [anAlert('at_max')] })],
    ['prometheus_away', 'Prometheus is away', { ...aWorld(), alerts: away }],
    ['docker_away', 'Docker is away', { ...aWorld({ alerts: [overloaded] }), service: away }],
    ['silences_unknown', 'Alertmanager is away', aWorld({ alerts: [overloaded], suppressions: away })],
    [
      'silences_unknown',
      'Alertmanager is away, and the way on its last word would be down',
      aWorld({ alerts: [underloaded], suppressions: lastKnown }),
    ],
    ['at_max', 'max is reached', aWorld({ alerts: [anAlert('overloaded', { annotations: { max: '2' } })] })],
    ['at_min', 'min is reached', aWorld({ alerts: [underloaded], service: aService({ replicas: 1 }) })],
    [
      'starting',
      'tasks of a change just now do not run yet',
      aWorld({ alerts: [overloaded], service: { ...threeOfFour, updatedAtMs: NOW_MS - MINUTE_MS } }),
    ],
    [
      'pending_resources',
      'tasks find no node, however long ago the change was',
      aWorld({ alerts: [overloaded], service: { ...threeOfFour, tasksWithoutNode: 1 } }),
    ],
    [
      'would_flap',
      'what is left would be over the upper threshold',
      aWorld({ alerts: [anAlert('underloaded', { value: 45, annotations: { scaleup: '80' } })] }),
    ],
    [
      'bad_value',
      'the value from which the target strategy computes is no number',
      aWorld({ alerts: [anAlert('overloaded', { value: Number.NaN, annotations: { strategy: 'target' } })] }),
    ],
    [
      'no_change',
      'the target strategy wants what is there',
      aWorld({ alerts: [anAlert('underloaded', { value: 59, annotations: { strategy: 'target' } })] }),
    ],
    [
      'updating',
      'a rolling update runs',
      aWorld({ alerts: [overloaded], service: aService({ updateState: 'updating' }) }),
    ],
    [
      'updating',
      'a rollback is paused',
      aWorld({ alerts: [overloaded], service: aService({ updateState: 'rollback_paused' }) }),
    ],
    [
      'stopped_by_operator',
      'a person set 0 replicas',
      aWorld({ alerts: [overloaded], service: scaledByHand(aService(), 0, NOW_MS - 60 * MINUTE_MS) }),
    ],
  ])('with reason %s: %s', (reason, _when, world) => {
    expect(decide(world)).toMatchObject({ kind: 'hold', reason });
  });

  test('is not for a rolling update that is completed', () => {
    const service = aService({ updateState: 'completed' });
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ kind: 'scale' });
  });

  test('ends when tasks still start after the deadline', () => {
    const service = aService({ replicas: 4, runningTasks: 3, updatedAtMs: NOW_MS - 2 * MINUTE_MS });
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ kind: 'scale', to: 5 });
  });

  test('is not for a step up on the last word of an Alertmanager that is away', () => {
    const world = aWorld({ alerts: [overloaded], suppressions: lastKnown });
    expect(decide(world)).toMatchObject({ kind: 'scale', direction: 'up' });
  });

  test('is not for a step down while tasks start', () => {
    const service = aService({ replicas: 4, runningTasks: 3, updatedAtMs: NOW_MS - MINUTE_MS });
    expect(decide(aWorld({ alerts: [underloaded], service }))).toMatchObject({ kind: 'scale', to: 3 });
  });
});

describe('a cool-down', () => {
  test.each<readonly [alert: 'overloaded' | 'underloaded', lengthMs: number]>([
    ['overloaded', 30_000],
    ['underloaded', 120_000],
  ])('after an action holds %s for %i ms, and says until when', (kind, lengthMs) => {
    const world = aWorld({ alerts: [anAlert(kind)], service: scaled(aService(), 3, NOW_MS) });
    expect(decide(world, LIMITS, NOW_MS + lengthMs - 1)).toMatchObject({
      reason: 'cooldown',
      untilMs: NOW_MS + lengthMs,
    });
    expect(decide(world, LIMITS, NOW_MS + lengthMs)).toMatchObject({ kind: 'scale' });
  });

  test('takes its length from the alert', () => {
    const alerts = [anAlert('overloaded', { annotations: { cooldown: '5s' } })];
    const world = aWorld({ alerts, service: scaled(aService(), 3, NOW_MS) });
    expect(decide(world, LIMITS, NOW_MS + 5_000)).toMatchObject({ kind: 'scale' });
  });

  test('starts with a change by somebody else too', () => {
    const service = scaledByHand(aService(), 5, NOW_MS - 10_000);
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ reason: 'cooldown' });
  });

  test('is told by the journal where updates of others have wiped every trace on the service', () => {
    const memory = { serviceId: 'service1', seen: 3, meant: 3, actedAtMs: NOW_MS - 10_000 };
    const wiped = { ...aWorld({ alerts: [overloaded], service: aService({ replicas: 3 }) }), memory };
    expect(decide(wiped)).toMatchObject({ reason: 'cooldown', untilMs: NOW_MS + 20_000 });
    const ofEarlier = { ...wiped, memory: { ...memory, serviceId: 'earlier' } };
    expect(decide(ofEarlier)).toMatchObject({ kind: 'scale' });
  });

  test('counts an action in the future as one just now', () => {
    const service = scaled(aService(), 3, NOW_MS + 10 * MINUTE_MS);
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({
      reason: 'cooldown',
      untilMs: NOW_MS + 30_000,
    });
  });
});

describe('a service that the executor has never changed', () => {
  const toZero = anAlert('underloaded', {
    value: 0,
    annotations: { min: '0', strategy: 'target', target: '10', metric: 'query', cooldown: '2m' },
  });

  test('is not switched off in one go, and goes to 0 when the cool-down after that is over', () => {
    const first = decide(aWorld({ alerts: [toZero], service: aService({ replicas: 8 }) }));
    expect(first).toMatchObject({ from: 8, to: 1, clamps: [{ wanted: 0, by: 'first_time' }] });
    const service = scaled(aService({ replicas: 8 }), 1, NOW_MS - 2 * MINUTE_MS);
    expect(decide(aWorld({ alerts: [toZero], service }))).toMatchObject({ from: 1, to: 0, clamps: [] });
  });

  test('and that has just been created does not get smaller for the length of a cool-down, but larger', () => {
    const service = aService({ replicas: 8, createdAtMs: NOW_MS - MINUTE_MS });
    expect(decide(aWorld({ alerts: [toZero], service }))).toMatchObject({
      reason: 'cooldown',
      untilMs: NOW_MS + MINUTE_MS,
    });
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ from: 8, to: 9 });
  });

  test('is never brought to 0 by anything but a query, which alone could wake it again', () => {
    const cpu = anAlert('underloaded', { value: 0, annotations: { min: '0', metric: 'cpu' } });
    expect(decide(aWorld({ alerts: [cpu], service: aService({ replicas: 1 }) }))).toMatchObject({
      reason: 'at_min',
    });
  });
});

describe('a silenced alert', () => {
  const silence = {
    id: 's1',
    startsAtMs: NOW_MS - 1,
    endsAtMs: NOW_MS + MINUTE_MS,
    matchers: [{ name: 'application', value: 'web', isRegex: false, isEqual: true }],
  };
  const listed = (ids: { silencedBy?: string[]; inhibitedBy?: string[] }) => ({
    labels: { ...overloaded.labels, monitor: 'external' },
    silencedBy: [],
    inhibitedBy: [],
    ...ids,
  });

  test('holds as Alertmanager says', () => {
    const suppressions = {
      kind: 'known',
      value: { listed: [listed({ silencedBy: ['s1'] })], silences: [] },
    } as const;
    expect(decide(aWorld({ alerts: [overloaded], suppressions }))).toMatchObject({
      reason: 'silenced',
      detail: expect.stringContaining('s1'),
    });
  });

  test('holds as inhibited where another alert inhibits it', () => {
    const suppressions = {
      kind: 'known',
      value: { listed: [listed({ inhibitedBy: ['a1'] })], silences: [] },
    } as const;
    expect(decide(aWorld({ alerts: [overloaded], suppressions }))).toMatchObject({ reason: 'inhibited' });
  });

  test('holds by a silence although Alertmanager does not list the alert yet', () => {
    const suppressions = { kind: 'known', value: { listed: [], silences: [silence] } } as const;
    expect(decide(aWorld({ alerts: [overloaded], suppressions }))).toMatchObject({ reason: 'silenced' });
  });

  test('leaves the other alerts of the service in force', () => {
    const suppressions = {
      kind: 'known',
      value: { listed: [listed({ silencedBy: ['s1'] })], silences: [] },
    } as const;
    expect(decide(aWorld({ alerts: [overloaded, underloaded], suppressions }))).toMatchObject({
      kind: 'scale',
      direction: 'down',
    });
  });
});

describe('a rejection', () => {
  test.each<readonly [reason: string, world: World]>([
    ['unknown_service', aWorld({ alerts: [overloaded], service: undefined })],
    [
      'opted_out',
      aWorld({ alerts: [overloaded], service: aService({ labels: { 'micado.scale': 'false' } }) }),
    ],
    [
      'opted_out',
      aWorld({ alerts: [overloaded], service: aService({ labels: { 'micado.scale': 'flase' } }) }),
    ],
    [
      'not_scalable',
      aWorld({ alerts: [overloaded], service: aService({ mode: 'global', replicas: undefined }) }),
    ],
    [
      'not_scalable',
      aWorld({ alerts: [overloaded], service: aService({ mode: 'replicated-job', replicas: undefined }) }),
    ],
    [
      'stack_part',
      aWorld({ alerts: [overloaded], service: aService({ labels: { [STACK_PART_LABEL]: 'rulegen' } }) }),
    ],
    [
      'service_recreated',
      aWorld({ alerts: [anAlert('overloaded', { annotations: { service_id: 'an earlier one' } })] }),
    ],
  ])('has reason %s', (reason, world) => {
    expect(decide(world)).toMatchObject({ kind: 'reject', reason });
  });

  test('is for a service that is not on the list of those allowed', () => {
    const world = aWorld({ alerts: [overloaded] });
    expect(decide(world, { ...LIMITS, allowedServices: ['api'] })).toMatchObject({ reason: 'not_allowed' });
    expect(decide(world, { ...LIMITS, allowedServices: ['api', 'web'] })).toMatchObject({ kind: 'scale' });
  });

  test('is not for a service that says yes', () => {
    const service = aService({ labels: { 'micado.scale': 'true' } });
    expect(decide(aWorld({ alerts: [overloaded], service }))).toMatchObject({ kind: 'scale' });
  });
});

describe('a service of which a replica was added for a move', () => {
  const service = aService({ replicas: 2, labels: { [STATE_LABEL.moving]: 'node1' } });
  const outOfBounds = anAlert('out_of_bounds', { annotations: { max: '1' } });

  test.each([
    ['a way down', [anAlert('underloaded')]],
    ['bounds that the replica exceeds', [outOfBounds]],
    ['both', [outOfBounds, anAlert('underloaded')]],
  ])('is not made smaller by %s', (_, alerts) => {
    expect(decide(aWorld({ alerts, service }))).toMatchObject({ kind: 'hold', reason: 'moving' });
  });

  test('still grows', () => {
    expect(decide(aWorld({ alerts: [outOfBounds, overloaded], service }))).toMatchObject({
      kind: 'scale',
      from: 2,
      to: 3,
    });
  });

  test('starts no cool-down when the replica comes or goes', () => {
    const history = stateLabels(1, 'up', NOW_MS - 60 * MINUTE_MS);
    const before = { ...history, [STATE_LABEL.replicas]: '1' };
    const during = { ...history, [STATE_LABEL.replicas]: '2', [STATE_LABEL.moving]: 'node1' };
    const justNow = { updatedAtMs: NOW_MS - 1_000, runningTasks: 2, replicas: 2 };
    const come = aService({ ...justNow, labels: during, previous: { replicas: 1, labels: before } });
    const gone = aService({
      ...justNow,
      replicas: 1,
      runningTasks: 1,
      labels: before,
      previous: { replicas: 2, labels: during },
    });
    for (const one of [come, gone])
      expect(decide(aWorld({ alerts: [overloaded], service: one }))).toMatchObject({ kind: 'scale' });
  });
});

describe('a pause and a dry run', () => {
  const would = { kind: 'scale', from: 2, to: 3, reason: 'overloaded' };

  test('hold what would have been done, and say it', () => {
    const world = aWorld({ alerts: [overloaded], pause: { reason: 'maintenance' } });
    expect(decide(world)).toMatchObject({
      reason: 'paused',
      would,
      detail: 'would scale up from 2 to 3 (overloaded); paused: maintenance',
    });
    expect(decide(aWorld({ alerts: [overloaded] }), { ...LIMITS, dryRun: true })).toMatchObject({
      reason: 'dry_run',
      would,
    });
  });

  test('leave every other verdict as it is', () => {
    expect(decide(aWorld({ pause: { reason: '' } }))).toMatchObject({ reason: 'not_firing' });
  });
});
