/** Which records of the journal somebody wants to see: newest first, page by page. */
import type { JournalEntry } from './journal-entry.ts';

export type DecisionQuery = {
  readonly target?: string | undefined;
  readonly kind?: string | undefined;
  readonly reason?: string | undefined;
  readonly sinceMs?: number | undefined;
  /** Up to, not with, this time. */
  readonly untilMs?: number | undefined;
  /** Only entries older than this one: where the page before ended. */
  readonly before?: number | undefined;
  readonly limit: number;
};

export type DecisionPage = {
  readonly decisions: readonly JournalEntry[];
  /** The `before` of the next page; undefined on the last one. */
  readonly next: number | undefined;
};

export function matchesQuery(
  entry: JournalEntry,
  { target, kind, reason, sinceMs, untilMs, before }: Omit<DecisionQuery, 'limit'>,
): boolean {
  const timeMs = Date.parse(entry.time);
  return (
    (target === undefined || entry.target === target) &&
    (kind === undefined || entry.kind === kind) &&
    (reason === undefined || entry.reason === reason) &&
    (sinceMs === undefined || timeMs >= sinceMs) &&
    (untilMs === undefined || timeMs < untilMs) &&
    (before === undefined || entry.id < before)
  );
}

/** @param entries oldest first */
export function queryDecisions(entries: readonly JournalEntry[], query: DecisionQuery): DecisionPage {
  return pageOf(
    entries.filter((entry) => matchesQuery(entry, query)),
    query.limit,
  );
}

/** @param matching oldest first; one more than a page holds tells that there is another page */
export function pageOf(matching: readonly JournalEntry[], limit: number): DecisionPage {
  const decisions = matching.slice(-limit).toReversed();
  return { decisions, next: matching.length > limit ? decisions.at(-1)?.id : undefined };
}
