/** Whether one worker may leave its pool now, and which: the first step is only a mark on it, and that it takes no more tasks. */
import { type Decision, type HoldDecision, hold, step } from '../decision.ts';
import type { ScalingAlert } from '../scaling-alert.ts';
import { holdInFlight } from './grow-pool.ts';
import { describeUnschedulable } from './pending-tasks.ts';
import { describeStayers, judgeVictims, pickVictim } from './pick-victim.ts';
import type { PoolFacts } from './pool-facts.ts';
import { firingOf, holdWhileSuppressed } from './pool-testimony.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';

export function shrinkPool(world: PoolWorld, facts: PoolFacts, limits: PoolLimits, nowMs: number): Decision {
  const { provider, bounds, pending } = facts;
  const alert = world.alerts.kind === 'known' ? firingOf(world.alerts.value, 'underloaded') : undefined;
  const count = provider?.report.vms.length ?? 0;
  const isAboveMax = count > bounds.max;
  if (alert === undefined && !isAboveMax)
    return (
      holdInFlight(facts) ??
      (pending.unschedulable.length > 0
        ? hold('unschedulable', describeUnschedulable(pending))
        : hold('not_firing', 'no scaling alert of the pool fires'))
    );
  if (count <= bounds.min) return hold('at_min', `${count} there, at least ${bounds.min}`);
  const held = holdInFlight(facts) ?? holdForAlert(alert, isAboveMax, count, world, facts, nowMs);
  return held ?? beginDrain(world, facts, limits, nowMs);
}

/** Coming back under a maximum waits for no alert; all else that could be lost counts just the same. */
function holdForAlert(
  alert: ScalingAlert | undefined,
  isAboveMax: boolean,
  count: number,
  world: PoolWorld,
  { nodes, pending }: PoolFacts,
  nowMs: number,
): HoldDecision | undefined {
  if (pending.waiting.length > 0) return hold('no_victim', 'tasks wait for room');
  if (isAboveMax || alert === undefined) return undefined;
  const silenced = holdWhileSuppressed(alert, world.suppressions, nowMs);
  if (silenced !== undefined) return silenced;
  const { value, scaleup = Number.POSITIVE_INFINITY, cooldownMs } = alert;
  const after = (value * count) / (count - 1);
  if (after >= scaleup)
    return hold('would_flap', `${value} on ${count} would pass ${scaleup} on ${count - 1}`);
  const joinedMs = nodes.map(({ createdAtMs }) => createdAtMs);
  const lastMs = Math.max(world.history.lastChangeMs ?? Number.NEGATIVE_INFINITY, ...joinedMs);
  const sinceMs = Math.min(nowMs, lastMs);
  if (nowMs - sinceMs >= cooldownMs) return undefined;
  const ago = Math.round((nowMs - sinceMs) / 1000);
  return hold('cooldown', `changed ${ago} s ago, down waits ${cooldownMs / 1000} s`, sinceMs + cooldownMs);
}

function beginDrain(
  { load, target }: PoolWorld,
  { view, provider }: PoolFacts,
  limits: PoolLimits,
  nowMs: number,
): Decision {
  if (provider === undefined || load.kind === 'away')
    return hold('no_victim', 'the workers are not measured');
  const world = { view, nowMs, pool: target.node, report: provider.report, load: load.value };
  const candidates = judgeVictims(world, limits);
  const victim = pickVictim(candidates);
  if (victim === undefined) return hold('no_victim', describeStayers(candidates));
  const { node, vm } = victim;
  return step('drain_started', `${node.hostname} (${vm.id}) is the least busy`, {
    kind: 'mark_node',
    nodeId: node.id,
    availability: 'pause',
    mark: { phase: 'paused', startedAtMs: nowMs, infraId: target.infraId, vmId: vm.id },
  });
}
