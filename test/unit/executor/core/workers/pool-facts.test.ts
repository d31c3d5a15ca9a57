/** The small parts: marks, bounds, history, and which VM is which node. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DecisionRecord } from '../../../../../executor/core/decision-record.ts';
import {
  DRAIN_PHASES,
  formatDrainMark,
  readDrainMark,
} from '../../../../../executor/core/workers/drain-mark.ts';
import { notJoined, vmOfNode } from '../../../../../executor/core/workers/match-vms.ts';
import { poolBounds } from '../../../../../executor/core/workers/pool-bounds.ts';
import { backOffUntilMs, readPoolHistory } from '../../../../../executor/core/workers/pool-history.ts';
import { POOL_VM_NODE_LABEL, STATE_NODE_LABEL } from '../../../../../internal/contract/labels.ts';
import { MINUTE_MS, NOW_MS } from '../../builders.ts';
import { aNode, aVm, poolRules } from '../../pool-builders.ts';

describe('the mark of a drain', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DRAIN_PHASES),
        fc.integer({ min: 0, max: 4e12 }),
        fc.stringMatching(/^[a-z0-9_-]{1,20}$/),
        fc.string({ minLength: 1 }),
        (phase, startedAtMs, infraId, vmId) => {
          const mark = { phase, startedAtMs, infraId, vmId };
          expect(readDrainMark({ [STATE_NODE_LABEL.drain]: formatDrainMark(mark) })).toEqual(mark);
        },
      ),
    );
  });

  test.each(['', 'x', 'moving', 'moving;yesterday;infra;vm-1', 'moving;2026-01-01T00:00:00Z;infra;'])(
    'that cannot be read (%s) is one whose deadline has passed',
    (text) => {
      expect(readDrainMark({ [STATE_NODE_LABEL.drain]: text })).toMatchObject({
        phase: 'paused',
        startedAtMs: 0,
      });
    },
  );
});

describe('bounds', () => {
  const count = fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined });

  test('are never wider than any of their sources, and min is never above max', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        count,
        count,
        fc.integer({ min: 1, max: 50 }),
        (high, min, max, ceiling) => {
          const bounds = poolBounds(poolRules({ min: '1', max: String(high) }), { min, max }, ceiling);
          expect(bounds.max).toBeLessThanOrEqual(Math.min(high, max ?? high, ceiling));
          expect(bounds.min).toBeLessThanOrEqual(bounds.max);
        },
      ),
    );
  });

  test('differ where rule and provider do', () => {
    expect(poolBounds(poolRules(), { min: 1, max: 4 }, 20).differ).toBe(false);
    expect(poolBounds(poolRules(), { min: undefined, max: undefined }, 20).differ).toBe(false);
    expect(poolBounds(poolRules(), { min: 2, max: 4 }, 20)).toMatchObject({ differ: true, min: 2, max: 4 });
  });
});

describe('the history of a pool', () => {
  const record = (kind: 'scale' | 'step' | 'hold', reason: string, minutesAgo: number): DecisionRecord => ({
    time: new Date(NOW_MS - minutesAgo * MINUTE_MS).toISOString(),
    target: 'VM/infra/worker',
    kind,
    reason,
    inputs: {},
  });

  test('tells the last growth and the last change of any kind', () => {
    const records = [
      record('scale', 'overloaded', 30),
      record('step', 'drain_undone', 5),
      record('hold', 'at_max', 1),
    ];
    expect(readPoolHistory(records, 'VM/infra/worker', NOW_MS)).toEqual({
      lastScaleOutMs: NOW_MS - 30 * MINUTE_MS,
      lastChangeMs: NOW_MS - 5 * MINUTE_MS,
      bootFailuresMs: [],
    });
    expect(readPoolHistory(records, 'VM/infra/other', NOW_MS).lastChangeMs).toBeUndefined();
  });

  test('makes each failed boot within the hour double the wait', () => {
    const waitAfter = (...minutesAgo: readonly number[]): number | undefined => {
      const records = minutesAgo.map((minutes) => record('step', 'boot_failed', minutes));
      const untilMs = backOffUntilMs(readPoolHistory(records, 'VM/infra/worker', NOW_MS));
      return untilMs === undefined ? undefined : (untilMs - NOW_MS) / MINUTE_MS;
    };
    expect([waitAfter(), waitAfter(0), waitAfter(5, 0), waitAfter(10, 5, 0), waitAfter(70)]).toEqual([
      undefined,
      1,
      2,
      4,
      undefined,
    ]);
  });
});

describe('the VM of a node', () => {
  test('is told by its label before its address', () => {
    const node = aNode('w1', { labels: { [POOL_VM_NODE_LABEL]: 'vm-2' } });
    expect(vmOfNode(node, [aVm(1), aVm(2)], [node])).toEqual({ kind: 'one', vm: aVm(2) });
  });

  test('is missing for exactly those that no Ready node may be', () => {
    const vms = [aVm(1), aVm(2)];
    const stranger = aNode('w7');
    expect(notJoined(vms, [aNode('w1'), aNode('w2')])).toEqual({ vms: [], isCertain: true });
    expect(notJoined(vms, [aNode('w1')])).toEqual({ vms: [aVm(2)], isCertain: true });
    expect(notJoined(vms, [aNode('w1'), stranger])).toEqual({ vms: [], isCertain: false });
    expect(notJoined(vms, [stranger])).toEqual({ vms, isCertain: false });
    expect(notJoined(vms, [aNode('w1'), aNode('w2', { state: 'down' })])).toMatchObject({ vms: [aVm(2)] });
  });
});
