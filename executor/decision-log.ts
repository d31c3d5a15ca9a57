/**
 * What was decided last about each target. A decision is journalled and logged when it acts, or when verdict or reason of
 * its target changes; repeats are only counted.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Decision } from './core/decision.ts';
import { type DecisionInputs, type DecisionRecord, recordDecision } from './core/decision-record.ts';
import type { ServiceStatus } from './core/service-status.ts';
import type { DecisionJournal } from './ports.ts';

/** More targets than any Swarm has services; beyond it the one not looked at for longest is forgotten. */
const TARGETS_KEPT = 5_000;

/** Of a pool: the workers that were asked for, and those that work. */
export type TargetCounts = Pick<ServiceStatus, 'replicas' | 'runningTasks'>;

export type TargetSummary = {
  readonly target: string;
  readonly lastLookMs: number | undefined;
  readonly replicas: number | undefined;
  readonly running: number | undefined;
  readonly last: DecisionRecord;
};

export type DecisionLog = {
  add(target: string, decision: Decision, inputs: DecisionInputs, counts?: TargetCounts): Promise<void>;
  targets(): readonly TargetSummary[];
  /** The newest records, oldest first. */
  recent(): readonly DecisionRecord[];
};

export type DecisionLogOptions = {
  readonly journal: DecisionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  onDecision(decision: Decision): void;
};

export function createDecisionLog({ journal, clock, logger, onDecision }: DecisionLogOptions): DecisionLog {
  const targets = new Map<string, TargetSummary>();
  for (const last of journal.recent())
    targets.set(last.target, {
      target: last.target,
      lastLookMs: undefined,
      replicas: last.to,
      running: undefined,
      last,
    });

  const remember = (summary: TargetSummary): void => {
    targets.delete(summary.target);
    targets.set(summary.target, summary);
    const [oldest] = targets.keys();
    if (targets.size > TARGETS_KEPT && oldest !== undefined) targets.delete(oldest);
  };
  return {
    targets: () => [...targets.values()],
    recent: () => journal.recent(),
    async add(target, decision, inputs, counts) {
      onDecision(decision);
      const nowMs = clock.now();
      const before = targets.get(target)?.last;
      const isRepeat =
        decision.kind !== 'scale' &&
        decision.kind !== 'step' &&
        before?.kind === decision.kind &&
        before.reason === decision.reason;
      const record = recordDecision(target, decision, inputs, nowMs);
      remember({
        target,
        lastLookMs: nowMs,
        replicas: decision.kind === 'scale' ? decision.to : counts?.replicas,
        running: counts?.runningTasks,
        // Since when it is held, with what it waits for now.
        last: isRepeat && before !== undefined ? { ...record, time: before.time } : record,
      });
      if (isRepeat) return;
      const { sentence: _, time: __, ...fields } = record;
      logger.info('scaling decided', fields);
      await journal.append(record);
    },
  };
}
