/**
 * Work on offer: CPU time that accrues at a rate of so many cores and is taken in units. What nobody takes is kept for
 * a moment only: a lowered load is felt at once, and replicas that were held up do not make up for it in a burst.
 */

/** What the engine's kernel counts CPU time in. */
export const TICK_SECONDS = 0.01;
export const UNIT_TICKS = 5;
const UNIT_SECONDS = UNIT_TICKS * TICK_SECONDS;
const BACKLOG_SECONDS = 0.25;

export type WorkBudget = {
  /** CPU seconds that are offered per second. */
  readonly cores: number;
  /** CPU seconds on offer at `atMs`. */
  readonly owedSeconds: number;
  readonly atMs: number;
};

export const noWork = (nowMs: number): WorkBudget => ({ cores: 0, owedSeconds: 0, atMs: nowMs });

export function setCores(budget: WorkBudget, cores: number, nowMs: number): WorkBudget {
  const { owedSeconds } = accrue(budget, nowMs);
  return { cores, owedSeconds: Math.min(owedSeconds, mostOwed(cores)), atMs: nowMs };
}

/** The budget without one unit, or undefined where there is less than one. */
export function takeUnit(budget: WorkBudget, nowMs: number): WorkBudget | undefined {
  const now = accrue(budget, nowMs);
  return now.owedSeconds < UNIT_SECONDS - ROUNDING_SECONDS
    ? undefined
    : { ...now, owedSeconds: Math.max(0, now.owedSeconds - UNIT_SECONDS) };
}

/** How long until a unit can be taken; undefined where none ever will. */
export function msUntilUnit(budget: WorkBudget, nowMs: number): number | undefined {
  if (budget.cores <= 0) return undefined;
  const missingSeconds = UNIT_SECONDS - accrue(budget, nowMs).owedSeconds;
  return Math.max(0, Math.ceil((missingSeconds / budget.cores) * 1000));
}

/** Sums of parts of a second are not exact; a unit that lacks less than this is whole. */
const ROUNDING_SECONDS = 1e-6;

/** At least a unit can be owed, however low the load. */
const mostOwed = (cores: number): number =>
  cores <= 0 ? 0 : Math.max(UNIT_SECONDS, cores * BACKLOG_SECONDS);

function accrue(budget: WorkBudget, nowMs: number): WorkBudget {
  const passedSeconds = Math.max(0, nowMs - budget.atMs) / 1000;
  const owedSeconds = Math.min(budget.owedSeconds + budget.cores * passedSeconds, mostOwed(budget.cores));
  return { ...budget, owedSeconds, atMs: Math.max(nowMs, budget.atMs) };
}
