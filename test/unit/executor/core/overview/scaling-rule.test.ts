import { expect, test } from '@jest/globals';
import {
  readCooldownMs,
  readTerms,
  rulesByTarget,
} from '../../../../../executor/core/overview/scaling-rule.ts';

const aRule = (alert: string, annotations: Readonly<Record<string, string>> = {}, application = 'web') => ({
  expression: 'a > 1',
  labels: { alert, type: 'docker', application },
  annotations,
});

test('the two deciding rules of a service are found together, in the order of names', () => {
  const rules = [aRule('underloaded'), aRule('overloaded'), aRule('overloaded', {}, 'api')];
  const found = rulesByTarget(rules);
  expect([...found.keys()]).toEqual(['docker/api', 'docker/web']);
  expect(found.get('docker/web')).toMatchObject({ up: rules[1], down: rules[0] });
  expect(found.get('docker/api')?.down).toBeUndefined();
});

test('rules for people, and those of all services at once, are none of these', () => {
  const forAll = { expression: '', labels: { alert: 'out_of_bounds', type: 'docker' }, annotations: {} };
  expect(rulesByTarget([aRule('custom'), aRule('out_of_bounds'), forAll]).size).toBe(0);
});

test('the terms are those of the annotations, each threshold of its own rule', () => {
  const up = aRule('overloaded', { min: '1', max: '5', threshold: '80', metric: 'cpu', cooldown: '7s' });
  const down = aRule('underloaded', { min: '1', max: '5', threshold: '20' });
  expect(readTerms({ up, down })).toEqual({
    min: 1,
    max: 5,
    metric: 'cpu',
    strategy: 'step',
    scaleup: 80,
    scaledown: 20,
    goal: null,
  });
  expect(readCooldownMs({ up, down }, 'up')).toBe(7_000);
  expect(readCooldownMs({ up, down }, 'down')).toBe(120_000);
});

test('what a rule does not say, or says as a template, is not known', () => {
  const up = aRule('overloaded', { min: '{{ $value }}', max: '' });
  expect(readTerms({ up, down: undefined })).toMatchObject({
    min: null,
    max: null,
    scaledown: null,
    metric: '',
  });
});
