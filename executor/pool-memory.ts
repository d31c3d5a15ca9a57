/**
 * What this process has seen of pools: since when something is waited for, and which pools its provider was told to look
 * after. Nothing of it must survive: a wait begins anew, a pool is told again.
 */

import type { PoolReport } from './core/workers/pool-report.ts';
import type { PoolHistory, PoolWaits } from './core/workers/pool-world.ts';
import type { WaitingVm } from './core/workers/provider-state.ts';

export type PoolMemory = {
  /** Notes what is waited for now, and tells since when. */
  waits(
    key: string,
    report: PoolReport,
    waiting: readonly WaitingVm[],
    history: PoolHistory,
    nowMs: number,
  ): PoolWaits;
  isMaintained(key: string): boolean;
  maintained(key: string, isMaintained: boolean): void;
  /** The wait for the provider begins anew. */
  restartWait(key: string): void;
};

const NO_WAITS: PoolWaits = { vmSinceMs: {}, unevenSinceMs: undefined };

export function createPoolMemory(): PoolMemory {
  const waitsOf = new Map<string, PoolWaits>();
  const maintained = new Set<string>();
  return {
    waits(key, { target, vms }, waiting, { lastScaleOutMs }, nowMs) {
      const before = waitsOf.get(key);
      // At the first look after a restart the journal tells when the VMs that have not joined were asked for.
      const startMs = before === undefined ? Math.min(nowMs, lastScaleOutMs ?? nowMs) : nowMs;
      const vmSinceMs = Object.fromEntries(
        waiting.map(({ vm, for: what }) => [
          vm.id,
          before?.vmSinceMs[vm.id] ?? (what === 'scrape' ? nowMs : startMs),
        ]),
      );
      const unevenSinceMs = target === vms.length ? undefined : (before?.unevenSinceMs ?? nowMs);
      const now = { vmSinceMs, unevenSinceMs };
      waitsOf.set(key, now);
      return now;
    },
    isMaintained: (key) => maintained.has(key),
    maintained: (key, is) => void (is ? maintained.add(key) : maintained.delete(key)),
    restartWait: (key) =>
      void waitsOf.set(key, { ...(waitsOf.get(key) ?? NO_WAITS), unevenSinceMs: undefined }),
  };
}
