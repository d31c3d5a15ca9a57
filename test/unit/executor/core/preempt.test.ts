import { describe, expect, test } from '@jest/globals';
import { preempt } from '../../../../executor/core/preempt.ts';
import { requestReplicas } from '../../../../executor/core/replica-request.ts';
import { aScalingAlert } from '../builders.ts';

const FROM = 6;
const request = (kind: string, annotations: Readonly<Record<string, string>> = {}) =>
  requestReplicas(aScalingAlert(kind, { annotations }), FROM, { maxReplicas: 100, byNodes: undefined });

describe('of several requests', () => {
  const up = request('overloaded');
  const upMore = request('overloaded', { step: '3' });
  const upHeld = request('overloaded', { max: '6' });
  const down = request('underloaded');
  const downMore = request('underloaded', { step: '4' });
  const downHeld = request('underloaded', { min: '6' });
  const intoBounds = request('out_of_bounds', { max: '5' });
  const withinBounds = request('out_of_bounds');

  test.each([
    ['back into bounds beats up', [up, intoBounds], intoBounds],
    ['up beats down', [down, up], up],
    ['up that is held beats down', [downMore, upHeld], upHeld],
    ['the larger count wins on the way up', [up, upMore], upMore],
    ['up beats an up that is held', [upHeld, up], up],
    ['the larger count wins on the way down', [downMore, down], down],
    ['what stays beats what goes down', [down, downHeld], downHeld],
    ['within bounds counts for nothing', [withinBounds, down], down],
    ['one alone wins', [withinBounds], withinBounds],
  ])('%s', (_title, requests, winner) => {
    expect(preempt(requests)).toBe(winner);
    expect(preempt(requests.toReversed())).toBe(winner);
  });

  test('none wins where there is none', () => {
    expect(preempt([])).toBeUndefined();
  });
});
