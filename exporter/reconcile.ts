/**
 * Keeps the table of containers as the engine has them. Events only say which container to look at again; all are listed
 * when the event stream is connected, and once a minute.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import { createKeyedQueue, type RunResult } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { DockerEvent } from '../internal/docker/event-stream.ts';
import { type ContainerView, type ContainerViewOptions, createContainerView } from './container-view.ts';
import { oomOwner } from './core/oom-ledger.ts';
import type { ExporterCounts } from './metrics.ts';

/** No container's ID: those are 64 digits. */
const ALL = 'all';
const RELIST_MS = 60_000;

export type ContainerLoop = Pick<ContainerView, 'stopped' | 'versions'> & {
  readonly actor: Actor;
  /** Lists all containers as soon as possible, and believes nothing that was known of them or of the engine. */
  relist(): void;
  lookAt(id: string): void;
  onEvent(event: DockerEvent): void;
  /** Whether all containers have been listed once. */
  listed(): boolean;
};

export type ContainerLoopOptions = ContainerViewOptions & {
  readonly counts: ExporterCounts;
  readonly logger: Logger;
};

export function createContainerLoop(options: ContainerLoopOptions): ContainerLoop {
  const { table, oomLedger, counts, clock, logger } = options;
  const view = createContainerView(options, (id, afterMs) => queue.addAfter(id, afterMs));
  let listed = false;
  let withoutCgroup = 0;

  const lookAtAll = async (): Promise<RunResult> => {
    await view.lookAtAll();
    counts.containerLists += 1;
    if (!listed) logger.info('containers listed', { tracked: table.tracked().size });
    listed = true;
    return { againAfterMs: RELIST_MS };
  };
  const sayWhatCannotBeRead = (): void => {
    const followed = [...table.tracked().values()].filter((one) => one.source === 'api');
    if (followed.length > withoutCgroup)
      logger.warn('cgroups not found; Docker is asked instead', {
        containers: followed.length,
        example: followed[0]?.info.name,
        cure: 'run on the engine’s machine, with its /proc, /sys/fs/cgroup and process IDs (--pid host)',
      });
    withoutCgroup = followed.length;
  };

  const queue = createKeyedQueue({
    name: 'containers',
    clock,
    // One after the other, so that a list never puts back what a later event has taken out.
    concurrency: 1,
    retry: { firstMs: 500, maxMs: 10_000 },
    async run(key): Promise<RunResult> {
      const result = key === ALL ? await lookAtAll() : await view.lookAt(key).then(() => ({}));
      counts.dockerAnswers = true;
      sayWhatCannotBeRead();
      return result;
    },
    onError(key, error, retryAfterMs) {
      counts.dockerAnswers = false;
      counts.containerListFailures += 1;
      logger.warn('containers not read', { key, error: describeError(error), retryAfterMs });
    },
  });

  return {
    actor: {
      name: queue.actor.name,
      async run(signal) {
        await queue.actor.run(signal);
        table.close();
      },
    },
    relist() {
      view.doubtAll();
      queue.add(ALL);
    },
    lookAt: (id) => queue.add(id),
    onEvent({ action, id, attributes }) {
      if (action === 'create') return;
      if (action === 'oom') {
        oomLedger.reported(id, oomOwner(attributes));
        return;
      }
      // Out of the table at once; should it be running again already, looking at it puts it back.
      if (action === 'die') {
        view.ended(id);
        return;
      }
      if (action === 'destroy') view.removed(id);
      queue.add(id);
    },
    listed: () => listed,
    stopped: () => view.stopped(),
    versions: () => view.versions(),
  };
}
