import { describe, expect, test } from '@jest/globals';
import {
  readReplicaHistory,
  stateLabels,
  stoppedByOperator,
} from '../../../../executor/core/replica-history.ts';
import type { ServiceStatus } from '../../../../executor/core/service-status.ts';
import { aService, MINUTE_MS, NOW_MS, scaled, scaledByHand } from '../builders.ts';

const T1 = NOW_MS - 30 * MINUTE_MS;
const T2 = NOW_MS - 10 * MINUTE_MS;
const created = aService({ replicas: 1 });
const ours = scaled(created, 2, T1);
const history = (service: ServiceStatus) => readReplicaHistory(service, NOW_MS);

const rolledBack = (service: ServiceStatus, atMs: number): ServiceStatus => ({
  ...service,
  replicas: service.previous?.replicas,
  labels: service.previous?.labels ?? {},
  previous: { replicas: service.replicas, labels: service.labels },
  updatedAtMs: atMs,
});
const imageUpdated = (service: ServiceStatus, atMs: number): ServiceStatus => ({
  ...service,
  previous: { replicas: service.replicas, labels: service.labels },
  updatedAtMs: atMs,
});
const redeployed = (service: ServiceStatus, replicas: number, atMs: number): ServiceStatus => ({
  ...scaledByHand(service, replicas, atMs),
  labels: {},
});

describe('the history of a service', () => {
  test.each<
    readonly [
      title: string,
      service: ServiceStatus,
      actionMs: number | undefined,
      outsideMs: number | undefined,
    ]
  >([
    ['is empty for one just created', created, undefined, undefined],
    ['knows the executor’s action', ours, T1, undefined],
    ['tells a scale by a person after ours', scaledByHand(ours, 5, T2), T1, T2],
    ['tells a scale by a person where the executor never acted', scaledByHand(created, 5, T2), undefined, T2],
    ['does not take an update of the image for a scale', imageUpdated(ours, T2), T1, undefined],
    [
      'tells a person’s scale although an update of the image came after',
      imageUpdated(scaledByHand(ours, 5, T1), T2),
      T1,
      T2,
    ],
    ['tells a stack deploy that wiped the labels, and keeps the action', redeployed(ours, 1, T2), T1, T2],
    ['keeps the action where a stack deploy changed no replicas', redeployed(ours, 2, T2), T1, undefined],
    ['tells a rollback of the first action', rolledBack(ours, T2), T1, T2],
    [
      'tells a rollback of a later action by its older labels',
      rolledBack(scaled(ours, 3, T2), NOW_MS),
      T2,
      NOW_MS,
    ],
    [
      'counts times in the future as now',
      scaledByHand(scaled(created, 2, NOW_MS + 1), 5, NOW_MS + 9),
      NOW_MS,
      NOW_MS,
    ],
  ])('%s', (_title, service, actionMs, outsideMs) => {
    expect(history(service).lastAction?.atMs).toBe(actionMs);
    expect(history(service).outsideChangeAtMs).toBe(outsideMs);
  });

  test('knows the direction of the action', () => {
    expect(history(ours).lastAction?.direction).toBe('up');
    expect(history(scaled(ours, 1, T2)).lastAction?.direction).toBe('down');
  });

  test.each([
    ['a time that is none', { 'micado.state.at': 'yesterday' }],
    ['a direction that is none', { 'micado.state.direction': 'sideways' }],
    ['replicas that are none', { 'micado.state.replicas': '-1' }],
  ])('ignores labels with %s', (_title, labels) => {
    const service = aService({ labels: { ...stateLabels(2, 'up', T1), ...labels } });
    expect(history(service).lastAction).toBeUndefined();
  });
});

describe('zero replicas', () => {
  const zeroByUs = scaled(ours, 0, T2);
  test.each<readonly [title: string, service: ServiceStatus, stopped: boolean]>([
    ['that the executor set are not a stop', zeroByUs, false],
    ['that a person set are', scaledByHand(ours, 0, T2), true],
    ['from the start are', aService({ replicas: 0 }), true],
    ['by a stack deploy are', redeployed(ours, 0, T2), true],
    [
      'that a person set again after starting the service are',
      scaledByHand(scaledByHand(zeroByUs, 5, T2), 0, NOW_MS),
      true,
    ],
    ['with the image updated since are still ours', imageUpdated(zeroByUs, NOW_MS), false],
  ])('%s', (_title, service, stopped) => {
    expect(stoppedByOperator(service)).toBe(stopped);
  });

  test('are what the question is about: any other number is no stop', () => {
    expect(stoppedByOperator(scaledByHand(ours, 1, T2))).toBe(false);
  });
});
