import { compareRules, type RuleDifference } from './core/compare-rules.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { RulePrometheus } from './ports.ts';

/** What the server runs, against the files. It is asked how it prints an expression only where that is in doubt. */
export async function readDifferences(
  server: RulePrometheus,
  wanted: readonly RuleFile[],
  ignored: ReadonlySet<string>,
): Promise<readonly RuleDifference[]> {
  const groups = await server.listGroups();
  const printed = new Map<string, string>();
  for (;;) {
    const found = compareRules(wanted, groups, ignored, printed);
    const unsure = found.flatMap((one) => (one.kind === 'query' ? [one.expr] : []));
    if (unsure.length === 0) return found;
    for (const expr of unsure) {
      const answer = await server.formatQuery(expr);
      printed.set(expr, answer.kind === 'accepted' ? answer.formatted : '');
    }
  }
}
