/**
 * The decision about one pool of workers, from all that is known about it at one moment: one step, or why there is none.
 * Pure and total, as `decideScaling` is for services. In the order of what comes first:
 *
 *   a drain goes on ─▶ replicas of a past move ─▶ stale nodes ─▶ failed boots ─▶ below min ─▶ overloaded ─▶ above max, underloaded
 */
import { type Decision, hold } from '../decision.ts';
import { continueDrain, undoStrayDrain } from './continue-drain.ts';
import { growPool } from './grow-pool.ts';
import { type PoolFacts, readPoolFacts } from './pool-facts.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { shrinkPool } from './shrink-pool.ts';
import { endPastMove, tidyPool } from './tidy-pool.ts';

export function decidePool(world: PoolWorld, limits: PoolLimits, nowMs: number): Decision {
  return withheld(decideAction(world, limits, nowMs), world, limits);
}

function decideAction(world: PoolWorld, limits: PoolLimits, nowMs: number): Decision {
  if (world.swarm.kind === 'away') return hold('docker_away', world.swarm.problem);
  const facts = readPoolFacts(world, world.swarm.value, limits, nowMs);
  const drained = undoStrayDrain(facts) ?? continueDrain(world, facts, limits, nowMs);
  if (drained !== undefined) return growMeanwhile(drained, world, facts, limits, nowMs) ?? drained;
  const { rules, rivals, target } = world;
  const moved = endPastMove(facts);
  if (moved !== undefined) return moved;
  if (rules.kind === 'known' && rules.value.length === 0)
    return hold('unknown_pool', `no rule names ${target.key}`);
  if (rivals.length > 0) return hold('shared_pool', `${target.node} is also a pool of ${rivals.join(', ')}`);
  return tidyPool(world, facts, limits, nowMs) ?? decideCount(world, facts, limits, nowMs);
}

/** A worker past all return keeps no other one from coming. */
function growMeanwhile(
  drained: Decision,
  world: PoolWorld,
  facts: PoolFacts,
  limits: PoolLimits,
  nowMs: number,
): Decision | undefined {
  if (drained.kind !== 'hold' || facts.drains[0]?.mark.phase !== 'removing') return undefined;
  const decision = decideCount(world, facts, limits, nowMs);
  return decision.kind === 'scale' ? decision : undefined;
}

/** Nothing is started and no drain begun without the testimony of all that have a say. */
function decideCount(world: PoolWorld, facts: PoolFacts, limits: PoolLimits, nowMs: number): Decision {
  const { alerts, rules, load, report } = world;
  for (const part of [alerts, rules, load])
    if (part.kind === 'away') return hold('prometheus_away', part.problem);
  if (report.kind === 'away') return hold('provider_away', report.problem);
  if (facts.provider === undefined)
    return hold('unknown_infrastructure', `the provider does not know ${world.target.infraId}`);
  return growPool(world, facts, limits, nowMs) ?? shrinkPool(world, facts, limits, nowMs);
}

/** What a pause, a dry run or the want of a provider keeps from being done. */
function withheld(decision: Decision, { pause, providerName }: PoolWorld, { dryRun }: PoolLimits): Decision {
  if (decision.kind !== 'scale' && decision.kind !== 'step') return decision;
  const would =
    decision.kind === 'scale'
      ? `would ask for ${decision.to} instead of ${decision.from} workers (${decision.reason})`
      : `would go on: ${decision.detail} (${decision.reason})`;
  if (pause !== undefined)
    return hold('paused', pause.reason === '' ? would : `${would}; paused: ${pause.reason}`);
  if (dryRun) return hold('dry_run', would);
  return providerName === 'none' && needsProvider(decision) ? hold('no_node_provider', would) : decision;
}

/** What puts the cluster back as it was is done without a provider too. */
function needsProvider(decision: Decision): boolean {
  return decision.reason !== 'drain_undone' && decision.reason !== 'replica_taken_back';
}
