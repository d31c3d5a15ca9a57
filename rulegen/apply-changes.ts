import { describeError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleChange } from './core/plan-rule-changes.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { RuleStore } from './ports.ts';
import type { RulegenStatus } from './status.ts';

export type ChangeApplier = {
  readonly store: RuleStore;
  readonly logger: Logger;
  readonly metrics: RulegenMetrics;
  /** Only says what it would do. */
  readonly dryRun: boolean;
};

/** Each write waits for the disk; some at once make a folder of a thousand files a matter of a second. */
const AT_ONCE = 16;

export async function applyChanges(changes: readonly RuleChange[], applier: ChangeApplier): Promise<void> {
  const real = changes.filter(({ kind }) => kind !== 'keep');
  for (let start = 0; start < real.length; start += AT_ONCE)
    await Promise.all(real.slice(start, start + AT_ONCE).map((change) => applyChange(change, applier)));
}

async function applyChange(
  change: RuleChange,
  { store, logger, metrics, dryRun }: ChangeApplier,
): Promise<void> {
  if (change.kind === 'keep') return;
  const fields = { file: change.file, change: change.kind, reason: change.reason };
  if (dryRun) {
    logger.info('rule file would change', fields);
    return;
  }
  if (change.kind === 'write') await store.write(change.file, change.text);
  else await store.remove(change.file);
  metrics.fileChanged(change.kind);
  logger.info('rule file changed', fields);
}

/**
 * Work in the rules folder; what fails there is remembered for `/-/ready`, until all of a pass has succeeded: a full disk can
 * be listed.
 */
export async function inFolder<T>(status: RulegenStatus, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    status.folderProblem = describeError(error);
    throw error;
  }
}
