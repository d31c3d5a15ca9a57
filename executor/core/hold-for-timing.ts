/** Whether it is too early to act: tasks of the last change still start, or its cool-down runs. */
import { type HoldDecision, hold } from './decision.ts';
import { cooldownStartMs } from './replica-history.ts';
import type { ReplicaMemory } from './replica-memory.ts';
import type { ReplicaRequest } from './replica-request.ts';
import type { ServiceStatus } from './service-status.ts';
import type { Limits } from './world.ts';

/** Bringing a service back into its bounds never waits. */
export function holdForTiming(
  request: ReplicaRequest,
  service: ServiceStatus,
  memory: ReplicaMemory | undefined,
  { startingDeadlineMs }: Limits,
  nowMs: number,
): HoldDecision | undefined {
  const { alert, direction } = request;
  if (alert.kind === 'out_of_bounds') return undefined;
  const { runningTasks, replicas = 0, tasksWithoutNode } = service;
  if (direction === 'up' && runningTasks < replicas) {
    if (tasksWithoutNode > 0)
      return hold('pending_resources', `${tasksWithoutNode} of ${replicas} tasks find no node`);
    const deadlineMs = Math.min(service.updatedAtMs, nowMs) + startingDeadlineMs;
    if (nowMs < deadlineMs) return hold('starting', `${runningTasks} of ${replicas} tasks run`, deadlineMs);
  }
  return holdForCooldown(request, service, memory, nowMs);
}

function holdForCooldown(
  { alert, direction }: ReplicaRequest,
  service: ServiceStatus,
  memory: ReplicaMemory | undefined,
  nowMs: number,
): HoldDecision | undefined {
  const changedAtMs = cooldownStartMs(service, memory, direction, nowMs);
  if (changedAtMs === undefined || nowMs - changedAtMs >= alert.cooldownMs) return undefined;
  const secondsAgo = Math.round((nowMs - changedAtMs) / 1000);
  const detail = `changed ${secondsAgo} s ago, ${direction} waits ${alert.cooldownMs / 1000} s`;
  return hold('cooldown', detail, changedAtMs + alert.cooldownMs);
}
