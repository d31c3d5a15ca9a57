/** Carries out one decision about a pool: one effect, through the part of the world that it concerns. */
import { STATE_LABEL, STATE_NODE_LABEL } from '../internal/contract/labels.ts';
import { AppError } from '../internal/daemon/app-error.ts';
import type { ScaleDecision, StepDecision } from './core/decision.ts';
import { formatDrainMark } from './core/workers/drain-mark.ts';
import type { PoolReport } from './core/workers/pool-report.ts';
import type { PoolStep } from './core/workers/pool-step.ts';
import type { WorkersTarget } from './core/workers/pool-world.ts';
import type { NodeProvider, WorkerSwarmReading } from './ports.ts';

export type PoolHands = {
  readonly target: WorkersTarget;
  readonly provider: NodeProvider;
  readonly swarm: WorkerSwarmReading;
  /** The report that the decision was made from. */
  readonly seen: PoolReport | undefined;
};

export async function applyPoolDecision(
  decision: ScaleDecision | StepDecision,
  hands: PoolHands,
): Promise<void> {
  if (decision.kind === 'step') return await applyStep(decision.step, hands);
  const { provider, target } = hands;
  return await provider.scaleTo(target, decision.to, reportOf(hands));
}

async function applyStep(step: PoolStep, hands: PoolHands): Promise<void> {
  const { target, provider, swarm } = hands;
  switch (step.kind) {
    case 'mark_node':
      return await swarm.markNode(step.nodeId, {
        availability: step.availability,
        labels: { [STATE_NODE_LABEL.drain]: step.mark && formatDrainMark(step.mark) },
      });
    case 'set_replicas':
      return await swarm.setReplicas(step.serviceId, {
        replicas: step.replicas,
        labels: { [STATE_LABEL.moving]: step.movingFrom, [STATE_LABEL.replicas]: String(step.replicas) },
      });
    case 'remove_vm':
      return await provider.remove(target, step.vmId, reportOf(hands));
    case 'remove_node':
      return await swarm.removeNode(step.nodeId);
    case 'revive_provider':
      return await provider.maintain(target, true);
  }
}

function reportOf({ seen, target }: PoolHands): PoolReport {
  if (seen === undefined) throw new AppError('not_found', `the provider does not know ${target.infraId}`);
  return seen;
}

/** Whether the provider carries it out; the Swarm does else. */
export const isForProvider = (decision: ScaleDecision | StepDecision): boolean =>
  decision.kind === 'scale' || decision.step.kind === 'remove_vm' || decision.step.kind === 'revive_provider';
