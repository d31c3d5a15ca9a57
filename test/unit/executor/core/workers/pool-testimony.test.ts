import { expect, test } from '@jest/globals';
import { holdWhileSuppressed } from '../../../../../executor/core/workers/pool-testimony.ts';
import { aScalingAlert, NOW_MS } from '../../builders.ts';

test('on the last word of an Alertmanager that is away a pool grows and does not shrink', () => {
  const outdatedBecause = 'connection refused';
  const lastKnown = { kind: 'known', value: { listed: [], silences: [], outdatedBecause } } as const;
  expect(holdWhileSuppressed(aScalingAlert('overloaded'), lastKnown, NOW_MS)).toBeUndefined();
  expect(holdWhileSuppressed(aScalingAlert('underloaded'), lastKnown, NOW_MS)).toMatchObject({
    reason: 'silences_unknown',
    detail: expect.stringContaining(outdatedBecause),
  });
});
