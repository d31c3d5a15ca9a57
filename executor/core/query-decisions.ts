import type { DecisionRecord } from './decision-record.ts';

export type DecisionQuery = {
  readonly target?: string | undefined;
  readonly kind?: string | undefined;
  readonly reason?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly limit: number;
};

/** The newest records that match, newest first. */
export function queryDecisions(
  records: readonly DecisionRecord[],
  { target, kind, reason, sinceMs, limit }: DecisionQuery,
): readonly DecisionRecord[] {
  return records
    .filter(
      (record) =>
        (target === undefined || record.target === target) &&
        (kind === undefined || record.kind === kind) &&
        (reason === undefined || record.reason === reason) &&
        (sinceMs === undefined || Date.parse(record.time) >= sinceMs),
    )
    .slice(-limit)
    .toReversed();
}
