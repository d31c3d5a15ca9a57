/** A record with its place in the journal: ids grow with time, also across restarts and lost files, so that readers go on by them. */
import { type DecisionRecord, parseDecisionRecord } from './decision-record.ts';

export type JournalEntry = DecisionRecord & { readonly id: number };

/** The time of the record, but always later than the last one: clocks go back, and stand still for many records. */
export function numberRecord(record: DecisionRecord, lastId: number): JournalEntry {
  return { ...record, id: Math.max(idOf(record), lastId + 1) };
}

/** Undefined for a line that is no record: torn by a crash, or somebody else's. */
export function parseJournalEntry(line: string): JournalEntry | undefined {
  const record = parseDecisionRecord(line);
  return record === undefined ? undefined : { ...record, id: record.id ?? idOf(record) };
}

function idOf({ time }: DecisionRecord): number {
  const timeMs = Date.parse(time);
  return Number.isNaN(timeMs) ? 0 : timeMs;
}
