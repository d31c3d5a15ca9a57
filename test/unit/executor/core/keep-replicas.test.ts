import { describe, expect, test } from '@jest/globals';
import { decideScaling } from '../../../../executor/core/decide-scaling.ts';
import { findOutsideChange } from '../../../../executor/core/outside-change.ts';
import { stateLabels } from '../../../../executor/core/replica-history.ts';
import type { ReplicaMemory } from '../../../../executor/core/replica-memory.ts';
import type { ServiceStatus } from '../../../../executor/core/service-status.ts';
import { STATE_LABEL } from '../../../../internal/contract/labels.ts';
import { anAlert, aService, aWorld, LIMITS, MINUTE_MS, NOW_MS, scaled, scaledByHand } from '../builders.ts';

const KEPT = { 'micado.keep': 'true' };
const JUST_NOW_MS = NOW_MS - 1_000;
const memory = (options: Partial<ReplicaMemory> = {}): ReplicaMemory => ({
  serviceId: 'service1',
  seen: 5,
  meant: 5,
  actedAtMs: NOW_MS - 10 * MINUTE_MS,
  ...options,
});
/** What `docker stack deploy` leaves: the replicas and the labels of its file. */
function deployed(service: ServiceStatus, replicas: number, labels: ServiceStatus['labels'] = KEPT) {
  return { ...scaledByHand(service, replicas, JUST_NOW_MS), labels };
}
const atFive = scaled(aService({ labels: KEPT }), 5, NOW_MS - 10 * MINUTE_MS);
const decide = (service: ServiceStatus, options: Parameters<typeof aWorld>[0] = {}) =>
  decideScaling(aWorld({ service, memory: memory(), ...options }), LIMITS, NOW_MS);

describe('replicas that a deploy has reset', () => {
  test('are put back to what they were just before, with no alert and in any cool-down', () => {
    expect(decide(deployed(atFive, 2))).toMatchObject({
      kind: 'scale',
      reason: 'kept',
      from: 2,
      to: 5,
      direction: 'up',
    });
  });

  test('are put back while Prometheus and Alertmanager are away', () => {
    const away = { kind: 'away', problem: 'refused' } as const;
    const world = { ...aWorld({ service: deployed(atFive, 2) }), alerts: away, suppressions: away };
    expect(decideScaling(world, LIMITS, NOW_MS)).toMatchObject({ reason: 'kept', to: 5 });
  });

  test('are put back to what the journal remembers where another deploy followed', () => {
    const twice = deployed(deployed(atFive, 2), 2);
    expect(decide(twice)).toMatchObject({ reason: 'kept', to: 5 });
    expect(decide(twice, { memory: memory({ meant: 4 }) })).toMatchObject({ to: 4 });
    expect(decide(twice, { memory: undefined })).toMatchObject({ reason: 'not_firing' });
    expect(decide(twice, { memory: memory({ serviceId: 'earlier' }) })).toMatchObject({
      reason: 'not_firing',
    });
  });

  test('are put back to what a person set before the deploy', () => {
    expect(decide(deployed(scaledByHand(atFive, 7, NOW_MS - MINUTE_MS), 2))).toMatchObject({ to: 7 });
  });

  test('come down again only on the testimony that nothing is overloaded', () => {
    const nine = deployed(atFive, 9);
    const outdated = { kind: 'known', value: { listed: [], silences: [], outdatedBecause: 'x' } } as const;
    expect(decide(nine)).toMatchObject({ reason: 'kept', from: 9, to: 5, direction: 'down' });
    expect(decide(nine, { suppressions: outdated })).toMatchObject({ reason: 'not_firing' });
    const pending = anAlert('overloaded', { state: 'pending' });
    expect(decide(nine, { alerts: [pending] })).toMatchObject({ kind: 'hold', reason: 'not_firing' });
  });

  test('stay within the bounds that the deploy brought, the ceiling, and what the nodes take', () => {
    const lower = deployed(atFive, 2, { ...KEPT, 'micado.max': '3' });
    expect(decide(lower)).toMatchObject({ to: 3, clamps: [{ wanted: 5, by: 'max' }] });
    expect(decide({ ...deployed(atFive, 2), byNodes: 4 })).toMatchObject({ to: 4 });
    const world = aWorld({ service: deployed(atFive, 2), memory: memory() });
    expect(decideScaling(world, { ...LIMITS, maxReplicas: 3 }, NOW_MS)).toMatchObject({ to: 3 });
  });

  test('wait for the end of the rolling update that came with them', () => {
    expect(decide({ ...deployed(atFive, 2), updateState: 'updating' })).toMatchObject({ reason: 'updating' });
  });

  test('are left alone by a pause and a dry run', () => {
    expect(decide(deployed(atFive, 2), { pause: { reason: '' } })).toMatchObject({ reason: 'paused' });
  });

  test.each<readonly [what: string, service: ServiceStatus]>([
    ['the service has not asked for it', deployed(atFive, 2, {})],
    ['the label says something else', deployed(atFive, 2, { 'micado.keep': 'yes' })],
    ['a person has scaled it', scaledByHand(atFive, 2, JUST_NOW_MS)],
    ['a person has scaled it after the deploy', scaledByHand(deployed(atFive, 2), 3, JUST_NOW_MS)],
    ['it was rolled back', { ...deployed(atFive, 2), updateState: 'rollback_completed' }],
    ['the replicas are those that it had', deployed(atFive, 5)],
  ])('are not put back where %s', (_what, service) => {
    expect(decide(service)).toMatchObject({ kind: 'hold', reason: 'not_firing' });
  });

  test('stay at 0 where the file says 0', () => {
    const alerts = [anAlert('overloaded')];
    expect(decide(deployed(atFive, 0), { alerts })).toMatchObject({ reason: 'stopped_by_operator' });
  });

  test('are not those of a service that says no to scaling', () => {
    expect(decide(deployed(atFive, 2, { ...KEPT, 'micado.scale': 'false' }))).toMatchObject({
      reason: 'opted_out',
    });
  });
});

describe('a change of replicas by others', () => {
  test.each<readonly [reason: string, service: ServiceStatus]>([
    ['scaled_by_others', scaledByHand(atFive, 3, JUST_NOW_MS)],
    ['scaled_by_others', { ...deployed(atFive, 3), updateState: 'rollback_completed' }],
    ['reset_by_deploy', deployed(atFive, 3)],
    ['reset_by_deploy', deployed(deployed(atFive, 3), 3)],
    ['not_in_journal', scaled(atFive, 6, JUST_NOW_MS)],
    ['created_anew', { ...scaledByHand(atFive, 3, JUST_NOW_MS), id: 'service2' }],
    [
      'replica_moved',
      {
        ...scaled(atFive, 6, JUST_NOW_MS),
        labels: { ...stateLabels(6, 'up', JUST_NOW_MS), [STATE_LABEL.moving]: 'node1' },
      },
    ],
  ])('is told to be %s', (reason, service) => {
    expect(findOutsideChange(memory(), service)).toEqual({
      reason,
      from: 5,
      to: service.replicas,
      serviceId: service.id,
    });
  });

  test('is none where nothing is remembered, or nothing has changed', () => {
    const service = scaledByHand(atFive, 3, JUST_NOW_MS);
    expect(findOutsideChange(undefined, service)).toBeUndefined();
    expect(findOutsideChange(memory(), atFive)).toBeUndefined();
  });
});
