/** One stream of the engine's events wakes everything that keeps a view of it. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { DockerHost } from '../internal/docker/docker-host.ts';
import { createEventStream } from '../internal/docker/event-stream.ts';
import type { ExporterCounts } from './metrics.ts';
import type { ContainerLoop } from './reconcile.ts';
import type { SwarmWatch } from './swarm-watch.ts';

/** Only what changes something here: the commands of health checks alone would send thousands of events. */
const OF_CONTAINERS = 'start die destroy rename update oom health_status pause unpause'.split(' ');
const OF_THE_SWARM = 'create update remove'.split(' ');

export type EngineEventsOptions = {
  readonly host: DockerHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counts: ExporterCounts;
  readonly containers: ContainerLoop;
  readonly swarm: SwarmWatch;
  readonly watchesSwarm: boolean;
};

export function createEngineEvents(options: EngineEventsOptions): Actor {
  const { host, clock, logger, counts, containers, swarm, watchesSwarm } = options;
  return createEventStream({
    host,
    filters: watchesSwarm
      ? { type: ['container', 'service', 'node'], event: [...OF_CONTAINERS, ...OF_THE_SWARM] }
      : { type: ['container'], event: OF_CONTAINERS },
    clock,
    logger,
    onConnect() {
      counts.eventConnects += 1;
      counts.eventsConnected = true;
      containers.relist();
      swarm.wake();
    },
    onDisconnect() {
      counts.eventsConnected = false;
    },
    onEvent(event) {
      if (event.type === 'container') containers.onEvent(event);
      swarm.wake();
    },
  });
}
