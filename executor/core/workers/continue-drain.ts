/** A drain that has begun: goes on, waits, or is undone because the worker is needed after all. */
import { type HoldDecision, hold, type StepDecision } from '../decision.ts';
import { describeLodgers } from './describe-lodgers.ts';
import { nextDrainStep, undoDrain } from './next-drain-step.ts';
import type { PoolFacts } from './pool-facts.ts';
import { firingOf } from './pool-testimony.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';

/** Of two drains in one pool, which only a person can make, all but the furthest end. */
export function undoStrayDrain({ drains }: PoolFacts): StepDecision | undefined {
  const stray = drains.slice(1).find(({ mark }) => mark.phase !== 'removing');
  return stray && undoDrain(stray, 'another worker of the pool is on its way out');
}

export function continueDrain(
  world: PoolWorld,
  facts: PoolFacts,
  limits: PoolLimits,
  nowMs: number,
): StepDecision | HoldDecision | undefined {
  const [drain] = facts.drains;
  if (drain === undefined) return undefined;
  const { view, bounds } = facts;
  const isLate = nowMs - drain.mark.startedAtMs >= limits.drainDeadlineMs;
  return nextDrainStep(
    drain,
    {
      view,
      report: world.report,
      waits: world.waits,
      min: bounds.min,
      toUndo: isLate ? 'it was not empty by --worker.drain-deadline' : neededAgain(world, facts),
      toWait: missingTestimony(world),
    },
    limits,
    nowMs,
  );
}

function neededAgain(
  { providerName, rules, alerts, report, target }: PoolWorld,
  facts: PoolFacts,
): string | undefined {
  const { bounds, pending, provider } = facts;
  if (providerName === 'none') return 'there is no provider of machines';
  if (rules.kind === 'known' && rules.value.length === 0) return `no rule names ${target.key}`;
  if (report.kind === 'known' && report.value === undefined)
    return 'the provider does not know the infrastructure';
  if (provider !== undefined && provider.report.vms.length - 1 < bounds.min)
    return `${bounds.min} workers are the least now`;
  const [task] = pending.waiting;
  if (task !== undefined) return `tasks wait for room: ${describeLodgers(pending.waiting)}`;
  const overloaded = alerts.kind === 'known' ? firingOf(alerts.value, 'overloaded') : undefined;
  return overloaded && `${overloaded.name} fires`;
}

function missingTestimony({ rules, alerts, report }: PoolWorld): HoldDecision | undefined {
  for (const part of [alerts, rules]) if (part.kind === 'away') return hold('prometheus_away', part.problem);
  return report.kind === 'away' ? hold('provider_away', report.problem) : undefined;
}
