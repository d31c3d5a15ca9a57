/**
 * From files in the folder to rules that every Prometheus runs. Where one refuses them, the guilty files are found, put
 * aside and remembered by their bytes, so that a set that does not load never stays.
 */
import { AppError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleChange, StoredFile } from './core/plan-rule-changes.ts';
import type { RuleInputs, RulePlan } from './core/plan-rule-files.ts';
import type { RiskOptions } from './core/probation.ts';
import { parseRuleFile, type RuleFile } from './core/rule-file.ts';
import { findRefusedFiles } from './find-refused-files.ts';
import type { RuleStore } from './ports.ts';
import { createProbation } from './probation.ts';
import type { RuleLoader } from './rule-loader.ts';
import type { RulegenStatus } from './status.ts';

export type RulePublisher = {
  /** Texts that Prometheus refused; the plan leaves them out. */
  readonly refused: RuleInputs['refused'];
  /** The changes that may be made now: nothing that may keep a Prometheus from starting while none answers. */
  admit(changes: readonly RuleChange[]): Promise<readonly RuleChange[]>;
  /** @param stored what the folder held before the changes. Throws where a Prometheus does not run the rules. */
  publish(
    plan: RulePlan,
    stored: readonly StoredFile[],
    changes: readonly RuleChange[],
  ): Promise<'changed' | 'unchanged' | 'plan_again'>;
};

export type RulePublisherOptions = RiskOptions & {
  readonly loaders: readonly RuleLoader[];
  readonly store: RuleStore;
  readonly status: RulegenStatus;
  readonly logger: Logger;
};

export function createRulePublisher(options: RulePublisherOptions): RulePublisher {
  const { loaders, store, status, logger } = options;
  const probation = createProbation(store, options, logger);
  const refused = new Map<string, { text: string; message: string }>();
  /** By file name: the text that was last seen to run. */
  let lastGood: ReadonlyMap<string, string> = new Map();
  /** Files that a search found innocent: with these alone there is nothing to search for. */
  let innocent: ReadonlyMap<string, string> = new Map();

  const putAside = async (
    loader: RuleLoader,
    suspects: readonly RuleFile[],
    message: string,
  ): Promise<void> => {
    const searched = suspects.every(({ name, text }) => innocent.get(name) === text);
    const guilty = searched
      ? []
      : await findRefusedFiles({
          suspects,
          put: ({ name, text }) => store.write(name, text),
          restore({ name }) {
            const text = lastGood.get(name);
            return text === undefined ? store.remove(name) : store.write(name, text);
          },
          accepts: () => loader.accepts(),
        });
    if (guilty.length === 0) {
      innocent = new Map(suspects.map(({ name, text }) => [name, text]));
      const problem = `refuses to reload, and not for a file of rulegen; its log says why: ${message}`;
      loader.state.problem = problem;
      throw new AppError('unavailable', `Prometheus at ${loader.url} ${problem}`);
    }
    for (const { name, text } of guilty) {
      refused.set(name, { text, message });
      logger.error('rule file refused by prometheus', { file: name, prometheus: loader.url, message });
    }
  };

  const anyAnswers = async (): Promise<boolean> =>
    (await Promise.all(loaders.map((loader) => loader.answers()))).includes(true);

  return {
    refused,
    admit: (changes) => probation.admit(changes, anyAnswers),
    async publish(plan, stored, changes) {
      const ignored = new Set(
        changes.flatMap((change) =>
          change.kind === 'keep' && change.reason === 'foreign' ? [change.file] : [],
        ),
      );
      const wanted = wantedFiles(plan, stored, ignored);
      status.files = wanted;
      const results = await Promise.allSettled(
        loaders.map(async (loader) => ({ loader, result: await loader.load(wanted, ignored) })),
      );
      const answered = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const failed = results.find((one) => one.status === 'rejected');
      if (answered.length === 0 && !(await anyAnswers())) await probation.fail(lastGood);
      for (const { loader, result } of answered) {
        if (result.kind !== 'refused') continue;
        const runs = await loader.running(wanted, ignored);
        const suspects = wanted.filter(({ name, text }) => lastGood.get(name) !== text && !runs.has(name));
        await putAside(loader, suspects, result.message);
        return 'plan_again';
      }
      const changed =
        lastGood.size !== wanted.length || wanted.some(({ name, text }) => lastGood.get(name) !== text);
      if (answered.length > 0) {
        innocent = new Map();
        lastGood = new Map(wanted.map(({ name, text }) => [name, text]));
        await probation.pass();
      }
      if (failed !== undefined) throw failed.reason;
      return changed ? 'changed' : 'unchanged';
    },
  };
}

/** The planned files that are ours to write, and the last good ones of what is held. */
function wantedFiles(
  plan: RulePlan,
  stored: readonly StoredFile[],
  ignored: ReadonlySet<string>,
): readonly RuleFile[] {
  const held = stored.flatMap(({ name, ownText }) => {
    const parsed = ownText !== undefined && plan.held.has(name) ? parseRuleFile(name, ownText) : undefined;
    return parsed !== undefined && 'file' in parsed ? [parsed.file] : [];
  });
  return [...plan.files.filter(({ name }) => !ignored.has(name)), ...held].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
