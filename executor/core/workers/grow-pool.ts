/** Whether a pool gets more workers now: never while some are under way, never above the narrowest of its limits. */
import { type Decision, type HoldDecision, hold, type ScaleDecision } from '../decision.ts';
import type { ScalingAlert } from '../scaling-alert.ts';
import { describeUnschedulable } from './pending-tasks.ts';
import type { PoolFacts } from './pool-facts.ts';
import { backOffUntilMs } from './pool-history.ts';
import { firingOf, holdWhileSuppressed } from './pool-testimony.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { clampWorkers, requestWorkers, type WorkerRequest } from './request-workers.ts';

/** Undefined where nothing asks for more. */
export function growPool(
  world: PoolWorld,
  facts: PoolFacts,
  limits: PoolLimits,
  nowMs: number,
): Decision | undefined {
  const { bounds, provider, pending } = facts;
  if (provider === undefined) return undefined;
  const from = provider.report.target;
  const alert = world.alerts.kind === 'known' ? firingOf(world.alerts.value, 'overloaded') : undefined;
  if (from < bounds.min) {
    const detail = `${bounds.min} workers are the least`;
    const terms = { ...clampWorkers(bounds.min, bounds), reason: 'out_of_bounds', detail } as const;
    return holdInFlight(facts) ?? refuseToGrow(world, nowMs) ?? scaleOut(world, from, terms);
  }
  if (alert === undefined) return undefined;
  const silenced = holdWhileSuppressed(alert, world.suppressions, nowMs) ?? holdInFlight(facts);
  if (silenced !== undefined) return silenced;
  const request = requestWorkers(alert, pending, from, bounds);
  if (request === undefined)
    return pending.unschedulable.length > 0
      ? hold('unschedulable', describeUnschedulable(pending))
      : hold('no_change', 'no task waits any more');
  if (request.to <= from)
    return hold('at_max', `${from} there, at most ${Math.min(bounds.max, limits.maxWorkers)}`);
  return (
    holdForCooldown(alert, request, world, facts, nowMs) ??
    refuseToGrow(world, nowMs) ??
    scaleOut(world, from, request)
  );
}

export function holdInFlight({ provider }: PoolFacts): HoldDecision | undefined {
  return provider?.state.kind === 'in_flight'
    ? hold('in_flight', provider.state.detail, provider.state.untilMs)
    : undefined;
}

export function refuseToGrow({ history }: PoolWorld, nowMs: number): HoldDecision | undefined {
  const untilMs = backOffUntilMs(history);
  const failures = history.bootFailuresMs.length;
  return untilMs === undefined || nowMs >= untilMs
    ? undefined
    : hold('back_off', `${failures} VMs did not become workers within the hour`, untilMs);
}

/** A worker that has just joined has not taken any load yet, but has taken the tasks that waited. */
function holdForCooldown(
  { cooldownMs }: ScalingAlert,
  { reason }: WorkerRequest,
  { history }: PoolWorld,
  { nodes }: PoolFacts,
  nowMs: number,
): HoldDecision | undefined {
  const joinedMs = reason === 'overloaded' ? nodes.map(({ createdAtMs }) => createdAtMs) : [];
  const sinceMs = Math.min(nowMs, Math.max(history.lastScaleOutMs ?? Number.NEGATIVE_INFINITY, ...joinedMs));
  if (nowMs - sinceMs >= cooldownMs) return undefined;
  const ago = Math.round((nowMs - sinceMs) / 1000);
  return hold('cooldown', `grown ${ago} s ago, up waits ${cooldownMs / 1000} s`, sinceMs + cooldownMs);
}

type Terms = Pick<ScaleDecision, 'to' | 'clamps' | 'reason'> & { readonly detail: string };

const scaleOut = (world: PoolWorld, from: number, terms: Terms): ScaleDecision => ({
  kind: 'scale',
  from,
  direction: 'up',
  ...terms,
  ...firstAlert(world),
});

/** The alert that an action is booked to, firing or not. */
export function firstAlert({
  alerts,
  rules,
  target,
}: PoolWorld): Pick<ScaleDecision, 'alert' | 'alertActiveAtMs'> {
  const firing = alerts.kind === 'known' ? firingOf(alerts.value, 'overloaded') : undefined;
  const rule = rules.kind === 'known' ? rules.value[0] : undefined;
  return {
    alert: firing?.name ?? rule?.name ?? target.node,
    alertActiveAtMs: firing?.activeAtMs ?? Number.NaN,
  };
}
