import { expect, test } from '@jest/globals';
import { hold, reject } from '../../../../executor/core/decision.ts';
import { recordDecision } from '../../../../executor/core/decision-record.ts';
import { type JournalEntry, numberRecord } from '../../../../executor/core/journal-entry.ts';
import { type DecisionQuery, queryDecisions } from '../../../../executor/core/query-decisions.ts';
import { NOW_MS } from '../builders.ts';

const entries: readonly JournalEntry[] = [
  recordDecision('docker/web', hold('at_max', 'a'), {}, NOW_MS),
  recordDecision('docker/api', hold('at_min', 'b'), {}, NOW_MS + 1_000),
  recordDecision('docker/web', reject('opted_out', 'c'), {}, NOW_MS + 2_000),
].map((record) => numberRecord(record, 0));

test.each<readonly [query: Partial<DecisionQuery>, details: string]>([
  [{}, 'cba'],
  [{ limit: 2 }, 'cb'],
  [{ target: 'docker/web' }, 'ca'],
  [{ target: 'docker/web', limit: 1 }, 'c'],
  [{ kind: 'hold' }, 'ba'],
  [{ reason: 'at_min' }, 'b'],
  [{ sinceMs: NOW_MS + 1_000 }, 'cb'],
  [{ untilMs: NOW_MS + 1_000 }, 'a'],
  [{ sinceMs: NOW_MS + 1_000, untilMs: NOW_MS + 2_000 }, 'b'],
  [{ before: NOW_MS + 2_000 }, 'ba'],
  [{ target: 'docker/none' }, ''],
])('%j finds the decisions "%s", newest first', (query, details) => {
  const { decisions } = queryDecisions(entries, { limit: 100, ...query });
  expect(decisions.map(({ detail }) => detail).join('')).toBe(details);
});

test('each page names where the next one begins, and the last one names none', () => {
  const pages: string[] = [];
  let before: number | undefined;
  do {
    const { decisions, next } = queryDecisions(entries, { limit: 2, before });
    pages.push(decisions.map(({ detail }) => detail).join(''));
    before = next;
  } while (before !== undefined);
  expect(pages).toEqual(['cb', 'a']);
});

test('ids are the times of the records, and grow although the clock stands still or goes back', () => {
  const record = recordDecision('docker/web', hold('at_max', ''), {}, NOW_MS);
  expect(numberRecord(record, 0).id).toBe(NOW_MS);
  expect(numberRecord(record, NOW_MS).id).toBe(NOW_MS + 1);
  expect(numberRecord(record, NOW_MS + 5_000).id).toBe(NOW_MS + 5_001);
});
