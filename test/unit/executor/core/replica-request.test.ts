import { describe, expect, test } from '@jest/globals';
import { clampReplicas, requestReplicas, wantedReplicas } from '../../../../executor/core/replica-request.ts';
import { aScalingAlert } from '../builders.ts';

const CEILINGS = { maxReplicas: 100, byNodes: undefined };

type Annotations = Readonly<Record<string, string>>;

describe('the replicas that an alert wants', () => {
  test.each<readonly [kind: string, from: number, value: number, annotations: Annotations, wanted: number]>([
    ['overloaded', 2, 95, {}, 3],
    ['overloaded', 2, 95, { step: '3' }, 5],
    ['overloaded', 5, 95, { step: '50%' }, 8],
    ['overloaded', 1, 95, { step: '10%' }, 2],
    ['overloaded', 0, 95, { step: '50%' }, 1],
    ['underloaded', 5, 5, { step: '50%' }, 2],
    ['underloaded', 1, 5, { step: '3' }, 0],
    ['overloaded', 2, 95, { strategy: 'target', target: '60' }, 4],
    ['overloaded', 3, 60, { strategy: 'target', target: '60' }, 3],
    ['underloaded', 10, 12, { strategy: 'target', target: '60' }, 2],
    ['overloaded', 2, 130, { strategy: 'target', target: '60', metric: 'memory' }, 5],
    ['overloaded', 7, 130, { strategy: 'target', target: '20', metric: 'query' }, 7],
    ['overloaded', 0, 41, { strategy: 'target', target: '20', metric: 'query' }, 3],
    ['underloaded', 9, 0, { strategy: 'target', target: '20', metric: 'query' }, 0],
    ['overloaded', 2, 95, { step: 'many' }, 3],
    ['overloaded', 2, 95, { step: '0' }, 3],
    ['overloaded', 2, 95, { strategy: 'guess' }, 3],
    ['overloaded', 2, Number.NaN, {}, 3],
  ])('%s on %i with value %d and %j are %i more or less', (kind, from, value, annotations, wanted) => {
    expect(wantedReplicas(aScalingAlert(kind, { value, annotations }), from)).toBe(wanted);
  });

  test('are not moved by floating-point noise above a whole number', () => {
    const annotations = { strategy: 'target', target: '0.1', metric: 'query' };
    expect(wantedReplicas(aScalingAlert('overloaded', { value: 0.1 + 0.2, annotations }), 1)).toBe(3);
  });

  test.each([Number.NaN, Infinity, -Infinity, -1])(
    'are unknown to the target strategy with value %d',
    (value) => {
      const alert = aScalingAlert('overloaded', { value, annotations: { strategy: 'target' } });
      expect(wantedReplicas(alert, 2)).toBeUndefined();
    },
  );
});

describe('a clamp', () => {
  test.each([
    [0, { min: 1, max: 10 }, 1, [{ wanted: 0, by: 'min' }]],
    [15, { min: 1, max: 10 }, 10, [{ wanted: 15, by: 'max' }]],
    [5, { min: 1, max: 10 }, 5, []],
    [150, { min: 1, max: 500 }, 100, [{ wanted: 150, by: 'max_replicas' }]],
    [
      700,
      { min: 1, max: 500 },
      100,
      [
        { wanted: 700, by: 'max' },
        { wanted: 500, by: 'max_replicas' },
      ],
    ],
  ] as const)(
    'of %i between %j ends at %i and keeps each number that was wanted',
    (wanted, bounds, to, clamps) => {
      expect(clampReplicas(wanted, bounds, 100)).toEqual({ to, clamps });
    },
  );
});

describe('a step down', () => {
  const down = (value: number, annotations: Annotations) =>
    requestReplicas(
      aScalingAlert('underloaded', { value, annotations: { scaleup: '80', ...annotations } }),
      10,
      CEILINGS,
    );

  test('is cut so that the load on what is left stays under the upper threshold', () => {
    expect(down(20, { step: '9' })).toMatchObject({ to: 3, clamps: [{ wanted: 1, by: 'would_flap' }] });
  });

  test('goes as far as it wants where the load allows it', () => {
    expect(down(7, { step: '9' })).toMatchObject({ to: 1, clamps: [] });
  });

  test('is held where nothing of it is left after the cut', () => {
    expect(down(75, {})).toMatchObject({ to: 10, held: { reason: 'would_flap' } });
  });

  test('stays under the threshold, not on it', () => {
    const alert = aScalingAlert('underloaded', { value: 40, annotations: { scaleup: '80' } });
    expect(requestReplicas(alert, 2, CEILINGS)).toMatchObject({ held: { reason: 'would_flap' } });
  });

  test('is not cut without a threshold, nor for the target strategy', () => {
    expect(down(75, { scaleup: '' })).toMatchObject({ to: 9, held: undefined });
    expect(down(50, { strategy: 'target', target: '60' })).toMatchObject({ to: 9, held: undefined });
  });

  test('is held rather than ended above the upper bound', () => {
    expect(down(70, { max: '5' })).toMatchObject({ held: { reason: 'would_flap' } });
  });
});

test('an alert never moves the replicas against its own direction', () => {
  const tight = { min: '4', max: '6' };
  expect(requestReplicas(aScalingAlert('overloaded', { annotations: tight }), 9, CEILINGS)).toMatchObject({
    to: 9,
    held: { reason: 'at_max' },
  });
  expect(requestReplicas(aScalingAlert('underloaded', { annotations: tight }), 2, CEILINGS)).toMatchObject({
    to: 2,
    held: { reason: 'at_min' },
  });
});

describe('a limit of replicas per node', () => {
  const onNodes = (byNodes: number) => ({ maxReplicas: 100, byNodes });
  const up = aScalingAlert('overloaded', { annotations: { step: '4', max: '20' } });

  test('cuts a step up to what the nodes take', () => {
    expect(requestReplicas(up, 4, onNodes(6))).toMatchObject({
      to: 6,
      clamps: [{ wanted: 8, by: 'max_per_node' }],
    });
  });

  test.each([4, 2])('holds where the nodes take %i and 4 are there', (byNodes) => {
    expect(requestReplicas(up, 4, onNodes(byNodes))).toMatchObject({
      to: 4,
      held: { reason: 'max_per_node' },
    });
  });

  test('cuts the way into the bounds as well, and no way down', () => {
    const low = aScalingAlert('out_of_bounds', { annotations: { min: '5', max: '9' } });
    expect(requestReplicas(low, 1, onNodes(3))).toMatchObject({ to: 3, direction: 'up' });
    const down = aScalingAlert('underloaded', { annotations: { max: '20' } });
    expect(requestReplicas(down, 12, onNodes(3))).toMatchObject({ to: 11, clamps: [] });
  });
});
