/** The README tells of everything that the executor says and measures, and of nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import {
  HOLD_REASONS,
  OUTSIDE_REASONS,
  REJECT_REASONS,
  type ReasonText,
  SCALE_REASONS,
  STEP_REASONS,
} from '../../../executor/core/reasons.ts';
import { createExecutorMetrics } from '../../../executor/metrics.ts';
import { NOTHING_TO_WATCH } from '../../nothing-to-watch.ts';

/** The formatter pads the cells of tables. */
const readme = readFileSync(new URL('../../../executor/README.md', import.meta.url), 'utf8').replace(
  / +\|/g,
  ' |',
);

const rowsOf = (kind: string, reasons: Readonly<Record<string, ReasonText>>): readonly string[] =>
  Object.entries(reasons).map(
    ([reason, { means, change }]) =>
      `| ${kind} | \`${reason}\` | ${means} | ${kind === 'scale' || kind === 'step' ? '–' : change} |`,
  );

describe('the README of the executor', () => {
  test('has a row for each reason, in the words of the code', () => {
    const rows = readme.split('\n').filter((line) => /^\| (scale|step|hold|reject|outside) \|/.test(line));
    expect(rows).toEqual([
      ...rowsOf('scale', SCALE_REASONS),
      ...rowsOf('step', STEP_REASONS),
      ...rowsOf('hold', HOLD_REASONS),
      ...rowsOf('reject', REJECT_REASONS),
      ...rowsOf('outside', OUTSIDE_REASONS),
    ]);
  });

  test('has a row for each metric, with its type and labels', async () => {
    const registry = new Registry();
    const executor = createExecutorMetrics(registry);
    executor.watchConsul(() => true);
    executor.watch(NOTHING_TO_WATCH);
    const metrics = (await registry.getMetricsAsJSON()).map(({ name, type }) => `${name} ${String(type)}`);
    const rows = [...readme.matchAll(/^\| `(micado_executor_\w+)` \| (\w+) \|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(rows.toSorted()).toEqual(metrics.toSorted());
  });
});
