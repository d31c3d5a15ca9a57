import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleChange } from './core/plan-rule-changes.ts';
import type { RulePlan } from './core/plan-rule-files.ts';
import { logProblems, logVerdicts } from './log-changes.ts';
import type { RulegenStatus } from './status.ts';

/** The plan, as the log tells what is new of it and the API shows all of it. */
export function recordPlan(
  plan: RulePlan,
  changes: readonly RuleChange[],
  { status, logger }: { readonly status: RulegenStatus; readonly logger: Logger },
): void {
  const foreign = changes.filter((change) => change.kind === 'keep' && change.reason === 'foreign');
  const problems = [
    ...plan.problems,
    ...foreign.map(({ file }) => ({
      severity: 'error' as const,
      where: file,
      value: '',
      message: 'is there already, and was not written by rulegen',
      cure: 'move it away',
    })),
  ];
  logVerdicts(status.services, plan.services, logger);
  logProblems('rule files wrong', status.problems, problems, logger);
  status.services = plan.services;
  status.changes = changes;
  status.quarantined = plan.quarantined;
  status.files = plan.files;
  status.problems = problems;
}
