/** A drain that has begun: goes on, waits, or is undone because the worker is needed after all. */
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { type HoldDecision, hold, type StepDecision } from '../decision.ts';
import { describeLodgers } from './describe-lodgers.ts';
import type { Drain } from './drain-mark.ts';
import { nextDrainStep, undoDrain } from './next-drain-step.ts';
import type { PoolFacts } from './pool-facts.ts';
import { firingOf } from './pool-testimony.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { runs } from './swarm-view.ts';
import type { Lodger } from './task-room.ts';

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
      toUndo: isLate ? 'it was not empty by --worker.drain-deadline' : neededAgain(drain, world, facts),
      toWait: missingTestimony(world),
    },
    limits,
    nowMs,
  );
}

function neededAgain(
  drain: Drain,
  { providerName, rules, alerts, report, target }: PoolWorld,
  facts: PoolFacts,
): string | undefined {
  const { bounds, provider } = facts;
  if (providerName === 'none') return 'there is no provider of machines';
  if (rules.kind === 'known' && rules.value.length === 0) return `no rule names ${target.key}`;
  if (report.kind === 'known' && report.value === undefined)
    return 'the provider does not know the infrastructure';
  if (provider !== undefined && provider.report.vms.length - 1 < bounds.min)
    return `${bounds.min} workers are the least now`;
  const waiting = waitingForRoom(drain, facts);
  if (waiting.length > 0) return `tasks wait for room: ${describeLodgers(waiting)}`;
  const overloaded = alerts.kind === 'known' ? firingOf(alerts.value, 'overloaded') : undefined;
  return overloaded && `${overloaded.name} fires`;
}

/**
 * Not the replica too many of a service whose others all run elsewhere: where no two of them may share a node (a host port)
 * it waits for as long as it is wanted, and is taken back next.
 */
function waitingForRoom({ node }: Drain, { view, pending }: PoolFacts): readonly Lodger[] {
  const moved = view.services.filter(({ id, labels, replicas = 0 }) => {
    const elsewhere = view.tasks.filter(
      (task) => task.serviceId === id && runs(task) && task.nodeId !== node.id,
    );
    return labels[STATE_LABEL.moving] === node.id && elsewhere.length >= replicas - 1;
  });
  return pending.waiting.filter(({ serviceId }) => !moved.some(({ id }) => id === serviceId));
}

function missingTestimony({ rules, alerts, report }: PoolWorld): HoldDecision | undefined {
  for (const part of [alerts, rules]) if (part.kind === 'away') return hold('prometheus_away', part.problem);
  return report.kind === 'away' ? hold('provider_away', report.problem) : undefined;
}
