/**
 * One look at one pool of workers: read the world, decide, carry out at most one step, and look again soon. Whatever stops
 * it in between, the next look, of whichever executor, goes on from what the cluster and the provider show.
 */
import { AppError, describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { RunResult } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { applyPoolDecision, isForProvider } from './apply-pool-decision.ts';
import { type Decision, hold, type ScaleDecision, type StepDecision } from './core/decision.ts';
import { nextLookAfterMs } from './core/next-look.ts';
import { decidePool } from './core/workers/decide-pool.ts';
import { describePoolInputs } from './core/workers/describe-pool.ts';
import { readPoolFigures } from './core/workers/pool-figures.ts';
import type { PoolLimits, WorkersTarget } from './core/workers/pool-world.ts';
import type { DecisionLog } from './decision-log.ts';
import type { ExecutorMetrics } from './metrics.ts';
import type { PoolBoard } from './pool-board.ts';
import { type PoolReader, type PoolReading, readPoolWorld } from './read-pool-world.ts';

const MAX_ATTEMPTS = 5;

export type ReconcilePoolDeps = {
  readonly reader: PoolReader;
  readonly limits: PoolLimits;
  /** How soon to look again while something is under way. */
  readonly pollMs: number;
  readonly log: DecisionLog;
  readonly board: PoolBoard;
  readonly metrics: Pick<ExecutorMetrics, 'poolActed' | 'conflicted'>;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type ReconcilePool = (target: WorkersTarget, signal: AbortSignal) => Promise<RunResult>;

export function createReconcilePool(deps: ReconcilePoolDeps): ReconcilePool {
  return async (target, signal) => {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const decision = await lookOnce(deps, target, signal);
      if (decision === 'conflict') continue;
      const againAfterMs = nextLookAfterMs(decision, deps.clock.now(), deps.pollMs);
      return againAfterMs === undefined ? {} : { againAfterMs };
    }
    throw new AppError('conflict', `${target.key} was changed by others ${MAX_ATTEMPTS} times in a row`);
  };
}

async function lookOnce(
  deps: ReconcilePoolDeps,
  target: WorkersTarget,
  signal: AbortSignal,
): Promise<Decision | 'conflict'> {
  const { reader, limits, log, clock, board } = deps;
  const read = await readPoolWorld(reader, target, log.recent(), clock.now());
  const { world } = read;
  signal.throwIfAborted();
  await maintainOnce(deps, target, world.report.kind === 'known' && world.report.value !== undefined);
  const nowMs = clock.now();
  const decided = decidePool(world, limits, nowMs);
  const decision =
    decided.kind === 'scale' || decided.kind === 'step' ? await apply(deps, target, decided, read) : decided;
  if (decision === 'conflict') return decision;
  const figures = decision.reason === 'unknown_pool' ? undefined : readPoolFigures(world, limits, nowMs);
  board.show(target, figures);
  const inputs = describePoolInputs(world, limits, nowMs);
  await log.add(target.key, decision, inputs, {
    replicas: figures?.target,
    runningTasks: figures?.ready ?? 0,
  });
  return decision;
}

async function apply(
  { metrics, reader, clock }: ReconcilePoolDeps,
  target: WorkersTarget,
  decision: ScaleDecision | StepDecision,
  { reading, world }: PoolReading,
): Promise<Decision | 'conflict'> {
  if (reading === undefined) return hold('docker_away', 'the Swarm was not read');
  const { provider, memory } = reader;
  const seen = world.report.kind === 'known' ? world.report.value : undefined;
  try {
    await applyPoolDecision(decision, { target, provider, swarm: reading, seen });
    if (decision.kind === 'step' && decision.step.kind === 'revive_provider') memory.restartWait(target.key);
    metrics.poolActed(decision, clock.now());
    return decision;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const detail = describeError(error);
    // A provider that still works on what it was asked before takes nothing in between.
    if (isForProvider(decision))
      return hold(error.code === 'conflict' ? 'in_flight' : 'provider_away', detail);
    switch (error.code) {
      case 'conflict':
      case 'not_found':
        metrics.conflicted();
        return 'conflict';
      case 'invalid':
        return hold('docker_refused', detail);
      case 'unavailable':
      case 'internal':
        return hold('docker_away', detail);
    }
  }
}

/** A provider that was restarted looks after nothing until it is told: at the start, and after each time it was away. */
async function maintainOnce(
  { reader: { provider, memory }, logger }: ReconcilePoolDeps,
  target: WorkersTarget,
  isThere: boolean,
): Promise<void> {
  const { key } = target;
  if (!isThere) memory.maintained(key, false);
  if (!isThere || memory.isMaintained(key)) return;
  try {
    await provider.maintain(target, false);
    memory.maintained(key, true);
  } catch (error) {
    if (!isAppError(error)) throw error;
    logger.warn('pool not attached', { target: key, error: describeError(error) });
  }
}
