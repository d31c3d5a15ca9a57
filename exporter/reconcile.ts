/**
 * Keeps the table of containers as the engine has them. Events only say which container to look at again; all are listed
 * when the event stream is connected, and once a minute.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createKeyedQueue, type RunResult } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { DockerEvent } from '../internal/docker/event-stream.ts';
import type { ContainerTable } from './container-table.ts';
import type { ExporterCounts } from './metrics.ts';
import type { ContainerSource } from './ports.ts';

/** No container's ID: those are 64 digits. */
const ALL = 'all';
const RELIST_MS = 60_000;
const INSPECTIONS_AT_ONCE = 4;
const ENDINGS: readonly string[] = ['die', 'destroy'];

export type ContainerLoop = {
  readonly actor: Actor;
  /** Lists all containers as soon as possible. */
  relist(): void;
  lookAt(id: string): void;
  onEvent(event: DockerEvent): void;
  /** Whether all containers have been listed once. */
  listed(): boolean;
};

export type ContainerLoopOptions = {
  readonly source: ContainerSource;
  readonly table: ContainerTable;
  readonly counts: ExporterCounts;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createContainerLoop(options: ContainerLoopOptions): ContainerLoop {
  const { source, table, counts, logger } = options;
  const unreadable = new Set<string>();
  let listed = false;

  const reconcileOne = async (id: string): Promise<void> => {
    const info = await source.inspect(id);
    unreadable.delete(id);
    if (info === undefined) table.remove(id);
    else if (!table.put(info)) {
      unreadable.add(id);
      logger.warn('container not readable', { container: info.name, id, pid: info.pid });
    }
    counts.unreadable = unreadable.size;
  };
  const reconcileAll = async (): Promise<void> => {
    const present = new Map((await source.listRunning()).map(({ id, name }) => [id, name]));
    for (const id of [...table.tracked().keys(), ...unreadable])
      if (!present.has(id)) {
        table.remove(id);
        unreadable.delete(id);
      }
    const unknown = [...present].filter(([id, name]) => table.get(id)?.info.name !== name);
    for (const id of present.keys()) table.refresh(id);
    for (let at = 0; at < unknown.length; at += INSPECTIONS_AT_ONCE)
      await Promise.all(unknown.slice(at, at + INSPECTIONS_AT_ONCE).map(([id]) => reconcileOne(id)));
    counts.unreadable = unreadable.size;
    counts.containerLists += 1;
    if (!listed) logger.info('containers listed', { tracked: table.tracked().size });
    listed = true;
  };
  const queue = createKeyedQueue({
    name: 'containers',
    clock: options.clock,
    // One after the other, so that a list never puts back what a later event has taken out.
    concurrency: 1,
    retry: { firstMs: 500, maxMs: 10_000 },
    async run(key): Promise<RunResult> {
      await (key === ALL ? reconcileAll() : reconcileOne(key));
      counts.dockerAnswers = true;
      return key === ALL ? { againAfterMs: RELIST_MS } : {};
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
    relist: () => queue.add(ALL),
    lookAt: (id) => queue.add(id),
    onEvent({ action, id }) {
      if (action === 'create') return;
      // Out of the table at once; should it be running again already, looking at it puts it back.
      if (ENDINGS.includes(action)) table.remove(id);
      queue.add(id);
    },
    listed: () => listed,
  };
}
