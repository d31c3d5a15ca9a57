import { type JournalEntry, numberRecord } from '../core/journal-entry.ts';
import { queryDecisions } from '../core/query-decisions.ts';
import type { DecisionJournal } from '../ports.ts';

export const KEPT_IN_MEMORY = 2_000;

/** The newest decisions, gone with the process. */
export function createMemoryJournal(earlier: readonly JournalEntry[] = []): DecisionJournal {
  const entries = [...earlier];
  return {
    async append(record) {
      const entry = numberRecord(record, entries.at(-1)?.id ?? 0);
      entries.push(entry);
      if (entries.length > KEPT_IN_MEMORY) entries.shift();
      return entry;
    },
    recent: () => entries,
    search: async (query) => queryDecisions(entries, query),
    problem: () => undefined,
  };
}
