/**
 * Whether loaded rules work: a rule that loads may still fail each time it is evaluated (two series where one was expected),
 * and then never fires.
 */
import { isRuleFileName } from './plan-rule-changes.ts';

export type RuleEvaluation = {
  /** The path as Prometheus has it. */
  readonly file: string;
  readonly alert: string;
  /** `unknown` until it was evaluated once. */
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
};

export type FailingRule = { readonly file: string; readonly alert: string; readonly message: string };

export type EvaluationState = {
  /** Rules of ours that were not evaluated yet. */
  readonly pending: number;
  readonly failing: readonly FailingRule[];
};

/** @param ours names of the files that are ours. */
export function judgeEvaluations(
  evaluations: readonly RuleEvaluation[],
  ours: ReadonlySet<string>,
): EvaluationState {
  const known = evaluations
    .map((one) => ({ ...one, file: one.file.slice(one.file.lastIndexOf('/') + 1) }))
    .filter(({ file }) => isRuleFileName(file) && ours.has(file));
  return {
    pending: known.filter(({ health }) => health === 'unknown').length,
    failing: known
      .filter(({ health }) => health === 'err')
      .map(({ file, alert, lastError }) => ({ file, alert, message: lastError })),
  };
}
