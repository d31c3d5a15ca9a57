/** What the API shows of the executor's state. Pure reading: nothing here acts. */

import { didYouMean } from '../internal/contract/nearest-name.ts';
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { decideScaling } from './core/decide-scaling.ts';
import { type Explanation, explainTarget } from './core/explain.ts';
import { rulesByTarget } from './core/overview/scaling-rule.ts';
import { queryDecisions } from './core/query-decisions.ts';
import { parseTargetKey, type Target } from './core/target.ts';
import { decidePool } from './core/workers/decide-pool.ts';
import { explainPool } from './core/workers/describe-pool.ts';
import type { PoolLimits, WorkersTarget } from './core/workers/pool-world.ts';
import type { Limits } from './core/world.ts';
import type { DecisionLog } from './decision-log.ts';
import { known } from './known.ts';
import { PARTS, type PartHealth, type PartState } from './part-health.ts';
import type { PauseSwitch } from './pauses.ts';
import type { DecisionJournal, Pauses, RuleReader } from './ports.ts';
import { type PoolReader, readPoolWorld } from './read-pool-world.ts';
import { readWorld, type WorldReader } from './read-world.ts';

export type ViewDeps = {
  readonly reader: WorldReader;
  readonly rules: Pick<RuleReader, 'list'>;
  readonly limits: Limits;
  readonly poolReader: PoolReader;
  readonly poolLimits: PoolLimits;
  readonly log: DecisionLog;
  readonly health: PartHealth;
  readonly journal: Pick<DecisionJournal, 'problem'>;
  readonly journalFile: string;
  readonly pauses: Pick<PauseSwitch, 'current'>;
  readonly clock: Clock;
  queueWaiting(): number;
};

export type Views = {
  status(): StatusView;
  targets(): readonly TargetView[];
  /** Fails with not_found for a target that neither the Swarm, nor Prometheus, nor the journal knows. */
  explain(targetKey: string): Promise<Explanation>;
};

export type StatusView = {
  readonly parts: Readonly<Record<string, PartView>>;
  readonly journal: { readonly file: string | null; readonly problem: string | null };
  readonly paused: Pauses;
  readonly dry_run: boolean;
  readonly max_replicas: number;
  readonly max_workers: number;
  readonly queue_waiting: number;
};
export type PartView = { readonly state: string; readonly since?: string; readonly problem?: string };

export type TargetView = {
  readonly target: string;
  readonly replicas: number | null;
  readonly running: number | null;
  readonly last_look: string | null;
  readonly last_decision: unknown;
};

const LAST_DECISIONS = 10;
const NO_RULES = { up: undefined, down: undefined };

export function createViews(deps: ViewDeps): Views {
  const { limits, log } = deps;
  return {
    status: () => ({
      parts: Object.fromEntries(PARTS.map((part) => [part, showPart(deps.health.of(part))])),
      journal: {
        file: deps.journalFile === '' ? null : deps.journalFile,
        problem: deps.journal.problem() ?? null,
      },
      paused: deps.pauses.current(),
      dry_run: limits.dryRun,
      max_replicas: limits.maxReplicas,
      max_workers: deps.poolLimits.maxWorkers,
      queue_waiting: deps.queueWaiting(),
    }),
    targets: () =>
      log.targets().map(({ target, replicas, running, lastLookMs, last }) => {
        const { inputs: _, ...decision } = last;
        return {
          target,
          replicas: replicas ?? null,
          running: running ?? null,
          last_look: lastLookMs === undefined ? null : new Date(lastLookMs).toISOString(),
          last_decision: decision,
        };
      }),
    async explain(key) {
      const target = parseTargetKey(key);
      if (target === undefined) throw new AppError('not_found', `"${key}" is not a target`);
      return await (target.kind === 'service' ? explainService(deps, target) : explainWorkers(deps, target));
    },
  };
}

async function explainService(
  { reader, rules, limits, log, clock }: ViewDeps,
  target: Extract<Target, { kind: 'service' }>,
): Promise<Explanation> {
  const { key } = target;
  const [{ world }, listed] = await Promise.all([readWorld(reader, log, target), known(() => rules.list())]);
  const nowMs = clock.now();
  const decision = decideScaling(world, limits, nowMs);
  const seen = log.targets().map((summary) => summary.target);
  if (decision.reason === 'unknown_service' && !seen.includes(key))
    throw new AppError('not_found', `the Swarm has no service for ${key}${didYouMean(key, seen)}`);
  return explainTarget(world, decision, {
    lastDecisions: lastDecisions(log, key),
    rules: rulesByTarget(listed.kind === 'known' ? listed.value : []).get(key) ?? NO_RULES,
    limits,
    nowMs,
  });
}

async function explainWorkers(
  { poolReader, poolLimits, log, clock }: ViewDeps,
  target: WorkersTarget,
): Promise<Explanation> {
  const { key } = target;
  const nowMs = clock.now();
  const { world } = await readPoolWorld(poolReader, target, log.recent(), nowMs);
  const decision = decidePool(world, poolLimits, nowMs);
  const seen = log.targets().map((summary) => summary.target);
  if (decision.reason === 'unknown_pool' && !seen.includes(key))
    throw new AppError('not_found', `no rule names ${key}${didYouMean(key, seen)}`);
  return explainPool(world, decision, lastDecisions(log, key), poolLimits, nowMs);
}

/** Those in memory: an explanation never waits for the files. */
const lastDecisions = (log: DecisionLog, target: string) =>
  queryDecisions(log.recent(), { target, limit: LAST_DECISIONS }).decisions;

function showPart(part: PartState): PartView {
  switch (part.state) {
    case 'unknown':
      return { state: part.state };
    case 'ok':
      return { state: part.state, since: new Date(part.sinceMs).toISOString() };
    case 'away':
      return { state: part.state, since: new Date(part.sinceMs).toISOString(), problem: part.problem };
  }
}
