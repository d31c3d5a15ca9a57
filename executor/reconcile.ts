/**
 * One look at one service: read the world, decide, carry out. What woke it is not known here, so a lost, repeated or forged
 * webhook changes nothing.
 *
 *   read ──▶ decide ──▶ hold, reject ──▶ record ──▶ look again when time can change the verdict
 *    ▲          └─────▶ scale ──▶ compare-and-swap ──▶ record ──▶ look again after a short while
 *    └───────────── conflict: somebody else was faster ─┘
 */
import { AppError, describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { RunResult } from '../internal/daemon/keyed-queue.ts';
import { decideScaling } from './core/decide-scaling.ts';
import { type Decision, describeScale, hold, type ScaleDecision } from './core/decision.ts';
import { describeInputs } from './core/decision-record.ts';
import { nextLookAfterMs } from './core/next-look.ts';
import { findOutsideChange } from './core/outside-change.ts';
import { stateLabels } from './core/replica-history.ts';
import { parseTargetKey } from './core/target.ts';
import type { Limits, World } from './core/world.ts';
import type { DecisionLog } from './decision-log.ts';
import type { ExecutorMetrics } from './metrics.ts';
import type { ServiceReading } from './ports.ts';
import { readWorld, type WorldReader } from './read-world.ts';
import type { ReconcilePool } from './reconcile-pool.ts';

const MAX_ATTEMPTS = 5;

export type ReconcileDeps = {
  readonly reader: WorldReader;
  readonly limits: Limits;
  readonly log: DecisionLog;
  readonly metrics: Pick<ExecutorMetrics, 'acted' | 'conflicted'>;
  readonly clock: Clock;
  readonly reconcilePool: ReconcilePool;
};

export type Reconcile = (key: string, signal: AbortSignal) => Promise<RunResult>;

export function createReconcile(deps: ReconcileDeps): Reconcile {
  return async (key, signal) => {
    const target = parseTargetKey(key);
    if (target === undefined) throw new Error(`"${key}" is no target`);
    if (target.kind === 'workers') return await deps.reconcilePool(target, signal);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const decision = await lookOnce(deps, target, signal, attempt > 1);
      if (decision === 'conflict') continue;
      const againAfterMs = nextLookAfterMs(decision, deps.clock.now());
      return againAfterMs === undefined ? {} : { againAfterMs };
    }
    throw new AppError('conflict', `${key} was changed by others ${MAX_ATTEMPTS} times in a row`);
  };
}

async function lookOnce(
  deps: ReconcileDeps,
  target: World['target'],
  signal: AbortSignal,
  afterConflict: boolean,
): Promise<Decision | 'conflict'> {
  const { reader, limits, log, clock } = deps;
  const { world, reading } = await readWorld(reader, log, target, afterConflict);
  signal.throwIfAborted();
  const nowMs = clock.now();
  const change = reading && findOutsideChange(world.memory, reading.status);
  if (change !== undefined) await log.notice(target.key, change);
  const decided = decideScaling(world, limits, nowMs);
  const decision =
    decided.kind === 'scale' && reading !== undefined ? await applyScale(deps, decided, reading) : decided;
  if (decision !== 'conflict')
    await log.add(target.key, decision, describeInputs(world, nowMs), reading?.status);
  return decision;
}

/** What came of it: the decision itself where Docker took it. */
async function applyScale(
  { metrics, clock }: ReconcileDeps,
  decision: ScaleDecision,
  reading: ServiceReading,
): Promise<Decision | 'conflict'> {
  const { to, direction, alertActiveAtMs } = decision;
  try {
    await reading.scale({ replicas: to, labels: stateLabels(to, direction, clock.now()) });
    metrics.acted(direction, clock.now() - alertActiveAtMs);
    return decision;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const detail = `could not scale ${describeScale(decision)}: ${describeError(error)}`;
    switch (error.code) {
      // A service that is gone is read again as well: the next look says so.
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
