import { describe, expect, test } from '@jest/globals';
import { readScalingAlert } from '../../../../executor/core/scaling-alert.ts';
import { anAlert, aScalingAlert } from '../builders.ts';

describe('the terms of a scaling alert', () => {
  test('are the executor’s own where no annotation is', () => {
    expect(aScalingAlert('overloaded')).toMatchObject({
      min: 1,
      max: 10,
      step: { unit: 'replicas', size: 1 },
      cooldownMs: 30_000,
      strategy: 'step',
      target: 60,
      measures: 'mean',
      scaleup: undefined,
      serviceId: undefined,
    });
    expect(aScalingAlert('underloaded').cooldownMs).toBe(120_000);
  });

  test('are those of the annotations where they are there', () => {
    const annotations = {
      min: '0',
      max: '30',
      step: '25%',
      cooldown: '1m30s',
      strategy: 'target',
      target: '2.5',
      metric: 'query',
      scaleup: '80',
      service_id: 'abc',
    };
    expect(aScalingAlert('overloaded', { annotations })).toMatchObject({
      min: 0,
      max: 30,
      step: { unit: 'percent', size: 25 },
      cooldownMs: 90_000,
      strategy: 'target',
      target: 2.5,
      measures: 'total',
      scaleup: 80,
      serviceId: 'abc',
    });
  });

  test.each([
    [
      { min: 'two', max: '-1' },
      { min: 1, max: 10 },
    ],
    [{ min: '20' }, { min: 20, max: 20 }],
    [
      { min: '20', max: '5' },
      { min: 5, max: 5 },
    ],
    [{ max: '0' }, { min: 1, max: 10 }],
    [
      { min: '1e9', max: '1.5' },
      { min: 1, max: 10 },
    ],
  ])('of %j are bounds that contradict nothing', (annotations, bounds) => {
    expect(aScalingAlert('overloaded', { annotations })).toMatchObject(bounds);
  });

  test('take an empty service_id for none', () => {
    expect(aScalingAlert('out_of_bounds', { annotations: { service_id: '' } }).serviceId).toBeUndefined();
  });

  test('count a query with steps as a mean', () => {
    expect(aScalingAlert('overloaded', { annotations: { metric: 'query' } }).measures).toBe('mean');
  });

  test.each(['at_max', 'Overloaded', '', 'constructor'])('are none of an alert "%s"', (kind) => {
    expect(readScalingAlert(anAlert(kind))).toBeUndefined();
  });
});
