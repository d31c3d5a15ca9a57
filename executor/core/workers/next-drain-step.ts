/**
 * The next step of a worker's way out of its pool, told from the marks in the cluster alone, so that any executor goes on
 * where another one stopped.
 *
 *   paused ─▶ one more replica where the only task sits there ─▶ moving ─▶ it runs elsewhere ─▶ draining
 *     └──────────────── undone: needed again, or too late ◀──────────┴───────────────────────────┘ │ empty
 *   node removed ◀─ node down ◀─ VM left ◀─ provider asked ◀─ removing ◀─ replicas taken back ◀────┘
 */
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { type HoldDecision, hold, type StepDecision, step } from '../decision.ts';
import type { Known } from '../world.ts';
import type { Drain, DrainPhase } from './drain-mark.ts';
import type { PoolReport } from './pool-report.ts';
import type { PoolLimits, PoolWaits } from './pool-world.ts';
import { runs, type SwarmView, tasksOn, type WorkerService } from './swarm-view.ts';
import { takeReplicaBack } from './take-replica-back.ts';

export type DrainWorld = {
  readonly view: SwarmView;
  readonly report: Known<PoolReport | undefined>;
  /** Why the worker must stay after all, as long as its VM has not been asked for. */
  readonly toUndo: string | undefined;
  /** Why nothing may go on for now. */
  readonly toWait: HoldDecision | undefined;
  readonly min: number;
  readonly waits: PoolWaits;
};

export type DrainOutcome = StepDecision | HoldDecision;

export function nextDrainStep(
  drain: Drain,
  world: DrainWorld,
  limits: PoolLimits,
  nowMs: number,
): DrainOutcome {
  if (drain.mark.phase === 'removing') return finishRemoval(drain, world, limits, nowMs);
  if (world.toUndo !== undefined) return undoDrain(drain, world.toUndo);
  if (world.toWait !== undefined) return world.toWait;
  return drain.mark.phase === 'draining' ? emptyNode(drain, world.view) : moveLastTasks(drain, world.view);
}

/** The worker takes tasks again; replicas that were added are taken back once the mark is off. */
export function undoDrain({ node }: Drain, why: string): StepDecision {
  return step('drain_undone', `${node.hostname} stays: ${why}`, {
    kind: 'mark_node',
    nodeId: node.id,
    availability: 'active',
    mark: undefined,
  });
}

function moveLastTasks(drain: Drain, view: SwarmView): DrainOutcome {
  const { node, mark } = drain;
  const last = view.services.filter((service) => hasLastTaskOn(node.id, service, view));
  const added = last.filter(({ labels }) => labels[STATE_LABEL.moving] === node.id);
  const missing = last.find((service) => !added.includes(service));
  if (missing !== undefined) return addReplica(drain, missing);
  if (added.length === 0) return advance(drain, 'draining', `nothing runs only on ${node.hostname}`);
  const names = added.map(({ name }) => name).join(', ');
  return mark.phase === 'paused'
    ? advance(drain, 'moving', `${names} got one more replica`)
    : hold('draining', `waits until ${names} runs on another node than ${node.hostname}`);
}

function hasLastTaskOn(nodeId: string, { id, mode }: WorkerService, { tasks }: SwarmView): boolean {
  const running = tasks.filter((task) => task.serviceId === id && runs(task));
  return mode === 'replicated' && running.length > 0 && running.every((task) => task.nodeId === nodeId);
}

function addReplica({ node }: Drain, service: WorkerService): DrainOutcome {
  if (service.updateState === 'updating' || service.updateState === 'rollback_started')
    return hold('draining', `waits for the update of ${service.name}`);
  const replicas = (service.replicas ?? 0) + 1;
  return step('drain_advanced', `${service.name} runs only on ${node.hostname}: ${replicas} replicas`, {
    kind: 'set_replicas',
    serviceId: service.id,
    replicas,
    movingFrom: node.id,
  });
}

function emptyNode(drain: Drain, view: SwarmView): DrainOutcome {
  const { node } = drain;
  const left = tasksOn(view, node).length;
  if (left > 0) return hold('draining', `${left} tasks are leaving ${node.hostname}`);
  const moved = view.services.filter(({ labels }) => labels[STATE_LABEL.moving] === node.id);
  for (const { id, name, replicas = 0 } of moved) {
    const running = view.tasks.filter((task) => task.serviceId === id && runs(task)).length;
    // One fewer is enough: a limit of tasks per node may let the last one start only when the added one is gone, and of
    // two Swarm takes the one that does not run.
    if (running < replicas - 1) return hold('draining', `${running} of ${replicas} tasks of ${name} run`);
  }
  const [first] = moved;
  return first === undefined
    ? advance(drain, 'removing', `${node.hostname} is empty`)
    : takeReplicaBack(first, `${first.name} runs elsewhere`);
}

function advance({ node, mark }: Drain, phase: DrainPhase, why: string): StepDecision {
  const availability = phase === 'moving' ? 'pause' : 'drain';
  return step('drain_advanced', `${why}: ${phase}`, {
    kind: 'mark_node',
    nodeId: node.id,
    availability,
    mark: { ...mark, phase },
  });
}

/** From here on there is no way back but for a VM that the provider was never asked to stop. */
function finishRemoval(
  drain: Drain,
  { report, min, waits }: DrainWorld,
  { bootDeadlineMs }: PoolLimits,
  nowMs: number,
): DrainOutcome {
  const { node, mark } = drain;
  if (report.kind === 'away') return hold('provider_away', report.problem);
  const vm = report.value?.vms.find(({ id, state }) => id === mark.vmId && state !== 'gone');
  if (vm === undefined || report.value === undefined) {
    if (node.state !== 'down') return hold('draining', `waits until ${node.hostname} is down`);
    return step('worker_removed', `${node.hostname} has left`, { kind: 'remove_node', nodeId: node.id });
  }
  const { target, vms } = report.value;
  if (vm.state !== 'stopping' && target >= vms.length)
    return target - 1 < min
      ? undoDrain(drain, `${min} workers are the least now`)
      : step('vm_removed', `${mark.vmId} of ${node.hostname}`, { kind: 'remove_vm', vmId: mark.vmId });
  const sinceMs = Math.min(waits.unevenSinceMs ?? nowMs, nowMs);
  return nowMs - sinceMs >= bootDeadlineMs
    ? step('provider_stuck', `${mark.vmId} does not stop`, { kind: 'revive_provider' })
    : hold('draining', `waits until the provider has stopped ${mark.vmId}`);
}
