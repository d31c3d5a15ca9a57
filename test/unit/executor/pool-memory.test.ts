import { describe, expect, test } from '@jest/globals';
import type { PoolHistory } from '../../../executor/core/workers/pool-world.ts';
import { createPoolMemory } from '../../../executor/pool-memory.ts';
import { MINUTE_MS, NOW_MS } from './builders.ts';
import { aVm } from './pool-builders.ts';

const NO_HISTORY: PoolHistory = { lastScaleOutMs: undefined, lastChangeMs: undefined, bootFailuresMs: [] };
const booting = { vm: aVm(1, 'booting'), for: 'vm', isCertain: true } as const;
const report = (target: number) => ({ min: undefined, max: undefined, target, vms: [aVm(1, 'booting')] });

describe('since when something is waited for', () => {
  test('is when it was first seen, and is forgotten when the wait is over', () => {
    const { waits } = createPoolMemory();
    const look = (nowMs: number, waiting = [booting], target = 2) =>
      waits('VM/i/w', report(target), waiting, NO_HISTORY, nowMs);
    expect(look(NOW_MS)).toEqual({ vmSinceMs: { 'vm-1': NOW_MS }, unevenSinceMs: NOW_MS });
    expect(look(NOW_MS + 5)).toEqual({ vmSinceMs: { 'vm-1': NOW_MS }, unevenSinceMs: NOW_MS });
    expect(look(NOW_MS + 6, [], 1)).toEqual({ vmSinceMs: {}, unevenSinceMs: undefined });
    expect(look(NOW_MS + 7)).toEqual({ vmSinceMs: { 'vm-1': NOW_MS + 7 }, unevenSinceMs: NOW_MS + 7 });
  });

  test('is told by the journal at the first look after a restart', () => {
    const asked = NOW_MS - 3 * MINUTE_MS;
    const history = { ...NO_HISTORY, lastScaleOutMs: asked };
    const { vmSinceMs } = createPoolMemory().waits('VM/i/w', report(1), [booting], history, NOW_MS);
    expect(vmSinceMs).toEqual({ 'vm-1': asked });
  });

  test('begins anew for a provider that was revived, not for its VMs', () => {
    const memory = createPoolMemory();
    const look = (nowMs: number) => memory.waits('VM/i/w', report(2), [booting], NO_HISTORY, nowMs);
    look(NOW_MS);
    memory.restartWait('VM/i/w');
    expect(look(NOW_MS + 5)).toEqual({ vmSinceMs: { 'vm-1': NOW_MS }, unevenSinceMs: NOW_MS + 5 });
  });
});
