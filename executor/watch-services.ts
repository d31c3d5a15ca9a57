/**
 * Docker's events as a wake-up: a service whose replicas somebody changes, or whose rolling update ends, is looked at now
 * and not at the next poll. So a deploy that resets replicas is undone before many of the tasks have stopped.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { DockerHost } from '../internal/docker/docker-host.ts';
import { createEventStream, type DockerEvent } from '../internal/docker/event-stream.ts';
import { parseTargetKey, serviceTarget } from './core/target.ts';
import type { DecisionLog } from './decision-log.ts';

export type WatchServicesDeps = {
  readonly host: DockerHost;
  readonly log: Pick<DecisionLog, 'replicasOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
  wake(targetKey: string): void;
};

/** The poll makes up for events that are lost. */
export function createServiceWatch({ host, log, clock, logger, wake }: WatchServicesDeps): Actor {
  return createEventStream({
    host,
    filters: { type: ['service'], event: ['update'] },
    clock,
    logger,
    onConnect: () => {},
    onDisconnect: () => {},
    onEvent(event) {
      const key = targetToWake(event, log);
      if (key !== undefined) wake(key);
    },
  });
}

/** Only of services that the executor has to do with, and not for what it has just done itself. */
function targetToWake({ attributes }: DockerEvent, log: Pick<DecisionLog, 'replicasOf'>): string | undefined {
  const { name = '', 'replicas.new': replicas, 'updatestate.new': updateState } = attributes;
  const { key } = serviceTarget(name);
  const memory = log.replicasOf(key);
  if (memory === undefined || parseTargetKey(key) === undefined) return undefined;
  const isChanged = replicas !== undefined && Number(replicas) !== memory.seen;
  return isChanged || updateState !== undefined ? key : undefined;
}
