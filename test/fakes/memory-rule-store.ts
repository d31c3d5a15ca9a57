/** A rules folder in memory; it can be full. */
import { AppError } from '../../internal/daemon/app-error.ts';
import { isRuleFileName } from '../../rulegen/core/plan-rule-changes.ts';
import { isOwnText } from '../../rulegen/core/rule-file.ts';
import type { RuleStore } from '../../rulegen/ports.ts';

export type MemoryRuleStore = RuleStore & {
  readonly files: Map<string, string>;
  /** Every write fails while this is true. */
  full: boolean;
};

export function createMemoryRuleStore(): MemoryRuleStore {
  const files = new Map<string, string>();
  let probation: readonly string[] = [];
  const check = (name: string): void => {
    if (!isRuleFileName(name)) throw new AppError('internal', `"${name}" is no name of a rule file`);
  };
  const store: MemoryRuleStore = {
    files,
    full: false,
    prepare: () => Promise.resolve(),
    list: () =>
      Promise.resolve(
        [...files]
          .filter(([name]) => name.endsWith('.yml'))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, text]) => ({ name, ownText: isOwnText(text) ? text : undefined })),
      ),
    async write(name, text) {
      check(name);
      if (store.full) throw new AppError('unavailable', `${name} not written: no space left`);
      files.set(name, text);
    },
    async remove(name) {
      check(name);
      files.delete(name);
    },
    readProbation: () => Promise.resolve(probation),
    async writeProbation(names) {
      if (store.full && names.length > 0) throw new AppError('unavailable', 'not writable: no space left');
      probation = names;
    },
  };
  return store;
}
