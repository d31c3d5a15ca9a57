/**
 * Risky files are on probation from before they are written until a Prometheus runs them. Its names are on disk, so that a
 * killed rulegen's successor knows them. While no Prometheus answers none is written, and those that are there go back to
 * what loaded last: a Prometheus that cannot start would never tell that they are the reason.
 */
import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleChange } from './core/plan-rule-changes.ts';
import { isRisky, type RiskOptions } from './core/probation.ts';
import type { RuleStore } from './ports.ts';

export type Probation = {
  /** The changes that may be made now. @param answers whether any Prometheus does */
  admit(changes: readonly RuleChange[], answers: () => Promise<boolean>): Promise<readonly RuleChange[]>;
  /** A Prometheus runs what is in the folder. */
  pass(): Promise<void>;
  /** No Prometheus runs it, or none answers. */
  fail(lastGood: ReadonlyMap<string, string>): Promise<void>;
};

export function createProbation(store: RuleStore, risk: RiskOptions, logger: Logger): Probation {
  /** Undefined until it was read once. */
  let names: ReadonlySet<string> | undefined;
  const read = async (): Promise<ReadonlySet<string>> => {
    names ??= new Set(await store.readProbation());
    return names;
  };
  const write = async (next: ReadonlySet<string>): Promise<void> => {
    await store.writeProbation([...next].sort());
    names = next;
  };
  return {
    async admit(changes, answers) {
      const onProbation = await read();
      const risky = changes.filter((change) => isRisky(change, risk)).map(({ file }) => file);
      if (risky.length === 0 || !(await answers())) return changes.filter((change) => !isRisky(change, risk));
      await write(new Set([...onProbation, ...risky]));
      return changes;
    },
    async pass() {
      if ((await read()).size > 0) await write(new Set());
    },
    async fail(lastGood) {
      const onProbation = await read();
      if (onProbation.size === 0) return;
      for (const name of onProbation) {
        const text = lastGood.get(name);
        await (text === undefined ? store.remove(name) : store.write(name, text));
      }
      logger.warn('rule files taken back until prometheus answers', { files: [...onProbation] });
      await write(new Set());
    },
  };
}
