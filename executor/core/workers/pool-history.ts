/** What the journal tells of a pool: when it was last changed, and which boots came to nothing. */
import type { DecisionRecord } from '../decision-record.ts';
import type { PoolHistory } from './pool-world.ts';

const FAILURES_KEPT_MS = 3_600_000;
const FIRST_WAIT_MS = 60_000;
const CHANGES: readonly string[] = ['drain_started', 'drain_undone', 'worker_removed'];

export function readPoolHistory(
  records: readonly DecisionRecord[],
  target: string,
  nowMs: number,
): PoolHistory {
  const ofPool = records
    .filter((record) => record.target === target)
    .map(({ kind, reason, time }) => ({ kind, reason, atMs: Math.min(Date.parse(time), nowMs) }));
  const lastOf = (of: typeof ofPool): number | undefined => of.at(-1)?.atMs;
  return {
    lastScaleOutMs: lastOf(ofPool.filter(({ kind }) => kind === 'scale')),
    lastChangeMs: lastOf(ofPool.filter(({ kind, reason }) => kind === 'scale' || CHANGES.includes(reason))),
    bootFailuresMs: ofPool
      .filter(({ kind, reason }) => kind === 'step' && reason === 'boot_failed')
      .map(({ atMs }) => atMs)
      .filter((atMs) => nowMs - atMs < FAILURES_KEPT_MS),
  };
}

/** After boots that failed the next one waits, twice as long each time, at most until the failures are an hour old. */
export function backOffUntilMs({ bootFailuresMs }: PoolHistory): number | undefined {
  const last = bootFailuresMs.at(-1);
  if (last === undefined) return undefined;
  return last + Math.min(FAILURES_KEPT_MS, FIRST_WAIT_MS * 2 ** (bootFailuresMs.length - 1));
}
