/**
 * What must happen to the rules folder, as data. Only files that carry rulegen's mark are ever replaced or deleted, and
 * only under names that rulegen gives.
 */
import { CLUSTER_RULE_FILE } from '../../internal/contract/alerts.ts';

export type StoredFile = {
  readonly name: string;
  /** Undefined for what is no plain file, or no file of ours: its content is nobody's business. */
  readonly ownText: string | undefined;
};

export type RuleChange =
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly text: string;
      readonly reason: 'new' | 'changed';
    }
  | { readonly kind: 'delete'; readonly file: string; readonly reason: 'not_wanted' }
  | { readonly kind: 'keep'; readonly file: string; readonly reason: 'same' | 'last_good' | 'foreign' };

export type WantedFile = { readonly name: string; readonly text: string };

export const isRuleFileName = (name: string): boolean =>
  name === CLUSTER_RULE_FILE || /^(service|alerts|workers)-[\w-]+\.yml$/.test(name);

export function planRuleChanges(
  stored: readonly StoredFile[],
  wanted: readonly WantedFile[],
  held: ReadonlySet<string>,
): readonly RuleChange[] {
  const there = new Map(stored.map((file) => [file.name, file]));
  const changes = wanted.map(({ name, text }): RuleChange => {
    const present = there.get(name);
    if (present === undefined) return { kind: 'write', file: name, text, reason: 'new' };
    if (present.ownText === undefined) return { kind: 'keep', file: name, reason: 'foreign' };
    if (present.ownText === text) return { kind: 'keep', file: name, reason: 'same' };
    return { kind: 'write', file: name, text, reason: 'changed' };
  });
  const planned = new Set(wanted.map(({ name }) => name));
  for (const { name, ownText } of stored) {
    if (planned.has(name) || ownText === undefined || !isRuleFileName(name)) continue;
    changes.push(
      held.has(name)
        ? { kind: 'keep', file: name, reason: 'last_good' }
        : { kind: 'delete', file: name, reason: 'not_wanted' },
    );
  }
  return changes;
}
