import { expect, test } from '@jest/globals';
import { type JestResult, summariseTests } from '../../../../deploy/core/summarise-tests.ts';

const aResult = (some: Partial<JestResult> = {}): JestResult => ({
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...some,
});

test.each([
  ['all passed', aResult(), 0, true, { passed: 7, failed: 0 }],
  ['two failed', aResult({ numFailedTests: 2 }), 1, true, { passed: 7, failed: 2 }],
  ['a file that broke', aResult({ numRuntimeErrorTestSuites: 1 }), 1, true, { passed: 7, failed: 1 }],
  [
    'skipped where all must run',
    aResult({ numPendingTests: 3, numTodoTests: 1 }),
    0,
    true,
    { passed: 7, failed: 4 },
  ],
  ['skipped at a desk', aResult({ numPendingTests: 3 }), 0, false, { passed: 7, failed: 0 }],
  ['jest failed for a reason of its own', aResult(), 1, false, { passed: 7, failed: 1 }],
  ['jest left no result', undefined, 0, false, { passed: 0, failed: 1 }],
])('counts: %s', (_, result, exitCode, mustRunAll, counts) => {
  expect(summariseTests(result, exitCode, mustRunAll)).toEqual(counts);
});
