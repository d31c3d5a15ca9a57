/**
 * What was decided last about each target. A decision is journalled and logged when it acts, or when verdict or reason of
 * its target changes; repeats are only counted.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Decision } from './core/decision.ts';
import {
  type DecisionInputs,
  type DecisionRecord,
  recordDecision,
  recordOutsideChange,
} from './core/decision-record.ts';
import type { JournalEntry } from './core/journal-entry.ts';
import type { OutsideChange } from './core/outside-change.ts';
import type { DecisionPage, DecisionQuery } from './core/query-decisions.ts';
import type { OutsideReason } from './core/reasons.ts';
import { type ReplicaMemory, recallReplicas, rememberReplicas } from './core/replica-memory.ts';
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
  /** What others did to the replicas; no verdict, so it is neither counted nor does it change the last one. */
  notice(target: string, change: OutsideChange): Promise<void>;
  targets(): readonly TargetSummary[];
  /** The newest entries, oldest first. */
  recent(): readonly JournalEntry[];
  search(query: DecisionQuery): Promise<DecisionPage>;
  /** What is remembered of the replicas; `recall` also looks for it where the journal is not in memory any more. */
  replicasOf(target: string): ReplicaMemory | undefined;
  recall(target: string): Promise<ReplicaMemory | undefined>;
  /** Each entry from now on, until the returned function is called. */
  listen(listener: (entry: JournalEntry) => void): () => void;
};

export type DecisionLogOptions = {
  readonly journal: DecisionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  onDecision(decision: Decision): void;
  onOutsideChange(reason: OutsideReason): void;
};

/** So many of the newest records about a target tell what there is to know of its replicas. */
const RECALLED = 50;

export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { journal, clock, logger, onDecision, onOutsideChange } = options;
  const targets = new Map<string, TargetSummary>();
  const replicas = new Map<string, ReplicaMemory | undefined>();
  const recalled = new Set<string>();
  const listeners = new Set<(entry: JournalEntry) => void>();
  for (const entry of journal.recent()) {
    replicas.set(entry.target, rememberReplicas(replicas.get(entry.target), entry));
    if (entry.kind !== 'outside') targets.set(entry.target, summaryOf(entry));
  }

  const remember = (summary: TargetSummary): void => {
    targets.delete(summary.target);
    targets.set(summary.target, summary);
    const [oldest] = targets.keys();
    if (targets.size <= TARGETS_KEPT || oldest === undefined) return;
    targets.delete(oldest);
    replicas.delete(oldest);
  };
  const write = async (record: DecisionRecord): Promise<void> => {
    const entry = await journal.append(record);
    for (const listener of listeners) listener(entry);
  };
  return {
    targets: () => [...targets.values()],
    recent: () => journal.recent(),
    search: (query) => journal.search(query),
    replicasOf: (target) => replicas.get(target),
    async recall(target) {
      if (replicas.get(target) === undefined && !recalled.has(target)) {
        const { decisions } = await journal.search({ target, limit: RECALLED });
        recalled.add(target);
        replicas.set(target, recallReplicas(decisions.toReversed()));
      }
      return replicas.get(target);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async notice(target, change) {
      onOutsideChange(change.reason);
      const record = recordOutsideChange(target, change, clock.now());
      replicas.set(target, rememberReplicas(replicas.get(target), record));
      const { sentence: _, time: __, ...fields } = record;
      logger.info('replicas changed by others', fields);
      await write(record);
    },
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
      replicas.set(target, rememberReplicas(replicas.get(target), record));
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
      await write(record);
    },
  };
}

/** Of a target that has not been looked at since the start. */
const summaryOf = (last: DecisionRecord): TargetSummary => ({
  target: last.target,
  lastLookMs: undefined,
  replicas: last.to,
  running: undefined,
  last,
});
