import { CLUSTER_RULE_FILE } from '../internal/contract/alerts.ts';
import { compareRules, type RuleDifference } from './core/compare-rules.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { RulePrometheus } from './ports.ts';

export type Comparison = {
  readonly wanted: readonly RuleFile[];
  /** Files under our names that are not ours. */
  readonly ignored: ReadonlySet<string>;
  /** Files that the server was seen to run in these very words: they need only be there still. */
  readonly known?: ReadonlySet<string>;
};

/** What the server runs, against the files. It is asked how it prints an expression only where that is in doubt. */
export async function readDifferences(
  server: RulePrometheus,
  { wanted, ignored, known = new Set() }: Comparison,
): Promise<readonly RuleDifference[]> {
  // One file is always compared: it tells which folder is ours.
  const skipped = new Set([...known].filter((name) => name !== CLUSTER_RULE_FILE));
  const groups = await server.listGroups(skipped);
  const there = new Set(groups.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)));
  if ([...skipped].some((name) => !there.has(name)))
    return await readDifferences(server, { wanted, ignored });
  const compared = wanted.filter(({ name }) => !skipped.has(name));
  const others = new Set([...ignored, ...skipped]);
  const printed = new Map<string, string>();
  for (;;) {
    const found = compareRules(compared, groups, others, printed);
    const unsure = found.flatMap((one) => (one.kind === 'query' ? [one.expr] : []));
    if (unsure.length === 0) return found;
    for (const expr of unsure) {
      const answer = await server.formatQuery(expr);
      printed.set(expr, answer.kind === 'accepted' ? answer.formatted : '');
    }
  }
}
