import { expect, test } from '@jest/globals';
import { hold, reject } from '../../../../executor/core/decision.ts';
import { recordDecision } from '../../../../executor/core/decision-record.ts';
import { type DecisionQuery, queryDecisions } from '../../../../executor/core/query-decisions.ts';
import { NOW_MS } from '../builders.ts';

const records = [
  recordDecision('docker/web', hold('at_max', 'a'), {}, NOW_MS),
  recordDecision('docker/api', hold('at_min', 'b'), {}, NOW_MS + 1_000),
  recordDecision('docker/web', reject('opted_out', 'c'), {}, NOW_MS + 2_000),
];

test.each<readonly [query: Partial<DecisionQuery>, details: string]>([
  [{}, 'cba'],
  [{ limit: 2 }, 'cb'],
  [{ target: 'docker/web' }, 'ca'],
  [{ target: 'docker/web', limit: 1 }, 'c'],
  [{ kind: 'hold' }, 'ba'],
  [{ reason: 'at_min' }, 'b'],
  [{ sinceMs: NOW_MS + 1_000 }, 'cb'],
  [{ target: 'docker/none' }, ''],
])('%j finds the decisions "%s", newest first', (query, details) => {
  const found = queryDecisions(records, { limit: 100, ...query });
  expect(found.map(({ detail }) => detail).join('')).toBe(details);
});
