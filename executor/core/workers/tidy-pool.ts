/** What is out of order in a pool whatever its load: replicas of a move that is over, nodes and VMs that are of no use. */
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { type Decision, hold, type StepDecision, step } from '../decision.ts';
import { readDrainMark } from './drain-mark.ts';
import { firstAlert, refuseToGrow } from './grow-pool.ts';
import { vmOfNode } from './match-vms.ts';
import type { PoolFacts } from './pool-facts.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { takeReplicaBack } from './take-replica-back.ts';

export function tidyPool(
  world: PoolWorld,
  facts: PoolFacts,
  limits: PoolLimits,
  nowMs: number,
): Decision | undefined {
  return removeStaleNode(facts, limits, nowMs) ?? repairProvider(world, facts, nowMs);
}

/** Of this pool's nodes, and of nodes that are gone: some pool must look after them. */
export function endPastMove({ view, nodes }: PoolFacts): StepDecision | undefined {
  for (const service of view.services) {
    const nodeId = service.labels[STATE_LABEL.moving];
    if (nodeId === undefined) continue;
    const node = view.nodes.find(({ id }) => id === nodeId);
    const isOurs = node === undefined || nodes.includes(node);
    if (isOurs && (node === undefined || readDrainMark(node.labels) === undefined))
      return takeReplicaBack(service, 'no worker is being emptied any more');
  }
  return undefined;
}

function removeStaleNode(
  { nodes, provider }: PoolFacts,
  { staleAfterMs }: PoolLimits,
  nowMs: number,
): StepDecision | undefined {
  if (provider === undefined) return undefined;
  const stale = nodes.find(
    (node) =>
      node.state === 'down' &&
      node.role === 'worker' &&
      nowMs - node.updatedAtMs >= staleAfterMs &&
      vmOfNode(node, provider.report.vms, nodes).kind === 'none',
  );
  return (
    stale &&
    step('stale_node', `${stale.hostname} is down and has no VM`, { kind: 'remove_node', nodeId: stale.id })
  );
}

function repairProvider(
  world: PoolWorld,
  { provider, bounds }: PoolFacts,
  nowMs: number,
): Decision | undefined {
  if (provider?.state.kind === 'stuck')
    return step('provider_stuck', provider.state.detail, { kind: 'revive_provider' });
  if (provider?.state.kind !== 'boot_failed') return undefined;
  const { vm, detail } = provider.state;
  const { target } = provider.report;
  if (target > (bounds.provider.min ?? 0))
    return step('boot_failed', detail, { kind: 'remove_vm', vmId: vm.id });
  for (const part of [world.alerts, world.rules])
    if (part.kind === 'away') return hold('prometheus_away', part.problem);
  const to = target + 1;
  if (to > bounds.max) return hold('at_max', `${detail}; another one first would be above ${bounds.max}`);
  return (
    refuseToGrow(world, nowMs) ?? {
      ...firstAlert(world),
      kind: 'scale',
      from: target,
      to,
      direction: 'up',
      reason: 'replace_failed',
      detail,
      clamps: [],
    }
  );
}
