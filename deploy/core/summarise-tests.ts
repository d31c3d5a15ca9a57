/** One line over all tests: `N passed, N failed`. What did not run is no success where everything has to run. */
export type TestCounts = { readonly passed: number; readonly failed: number };

export type JestResult = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that broke before a test of theirs ran. */
  readonly numRuntimeErrorTestSuites: number;
};

/** @param result undefined where jest left none */
export function summariseTests(
  result: JestResult | undefined,
  jestExitCode: number,
  everythingMustRun: boolean,
): TestCounts {
  if (result === undefined) return { passed: 0, failed: 1 };
  const notRun = everythingMustRun ? result.numPendingTests + result.numTodoTests : 0;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + notRun;
  // Jest has reasons of its own to fail, such as no test found.
  return { passed: result.numPassedTests, failed: failed === 0 && jestExitCode !== 0 ? 1 : failed };
}
