import type { DecisionRecord } from '../core/decision-record.ts';
import type { DecisionJournal } from '../ports.ts';

export const KEPT_IN_MEMORY = 2_000;

/** The newest decisions, gone with the process. */
export function createMemoryJournal(earlier: readonly DecisionRecord[] = []): DecisionJournal {
  const records = [...earlier];
  return {
    async append(record) {
      records.push(record);
      if (records.length > KEPT_IN_MEMORY) records.shift();
    },
    recent: () => records,
    problem: () => undefined,
  };
}
