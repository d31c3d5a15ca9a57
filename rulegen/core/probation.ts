/**
 * Which changes may keep Prometheus from starting, although every expression was parsed: texts of users' own (Prometheus
 * parses the templates in annotations only when it loads them), and whatever a template of the operator's own makes.
 */
import type { RuleChange } from './plan-rule-changes.ts';

export type RiskOptions = { readonly ownTemplates: boolean };

export function isRisky(change: RuleChange, { ownTemplates }: RiskOptions): boolean {
  return change.kind === 'write' && (ownTemplates || change.file.startsWith('alerts-'));
}
