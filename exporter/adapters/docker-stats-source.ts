/**
 * The engine's own figures, for containers whose files cannot be seen from here. They are read beside the scrapes, which
 * take what there is: a quick engine is asked for all at once, of an older one a stream of each container is held open.
 * Nothing is asked while nobody scrapes.
 */

import { describeError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { Logger } from '../../internal/daemon/logger.ts';
import type { Actor } from '../../internal/daemon/run-group.ts';
import type { DockerHost } from '../../internal/docker/docker-host.ts';
import { streamDockerLines } from '../../internal/docker/line-stream.ts';
import { type ContainerStats, parseContainerStats } from '../core/container-stats.ts';
import { answersOneShotAtOnce } from '../core/engine-version.ts';
import type { StatsSource } from '../ports.ts';
import { createDockerApi } from './docker-api.ts';

export const STATS_PERIOD_MS = 5_000;
const OLDEST_MS = 2 * STATS_PERIOD_MS;
const UNWATCHED_AFTER_MS = 60_000;

export type DockerStatsOptions = {
  readonly host: DockerHost;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined as long as the engine has not said. */
  engineVersion(): string | undefined;
};

type Followed = { stats?: ContainerStats; readAtMs: number; stream?: AbortController };

export function createDockerStatsSource(
  options: DockerStatsOptions,
): StatsSource & { readonly actor: Actor } {
  const { host, clock, logger, engineVersion } = options;
  const docker = createDockerApi(host, { maxSockets: Number.POSITIVE_INFINITY });
  const followed = new Map<string, Followed>();
  let lastAskedMs = Number.NEGATIVE_INFINITY;

  const record = (one: Followed, json: unknown): void => {
    one.stats = parseContainerStats(json);
    one.readAtMs = clock.now();
  };
  const readAll = async (): Promise<void> => {
    const reads = [...followed].map(async ([id, one]) => {
      record(one, await docker.get(`/containers/${id}/stats?stream=false&one-shot=true`));
    });
    for (const result of await Promise.allSettled(reads))
      if (result.status === 'rejected')
        logger.debug('stats not read', { error: describeError(result.reason) });
  };
  const stream = async (id: string, one: Followed, signal: AbortSignal): Promise<void> => {
    const own = new AbortController();
    one.stream = own;
    try {
      const path = `/containers/${id}/stats?stream=true`;
      for await (const line of streamDockerLines(host, path, AbortSignal.any([own.signal, signal])))
        record(one, JSON.parse(line));
    } catch (error) {
      logger.debug('stats not read', { error: describeError(error) });
    } finally {
      delete one.stream;
    }
  };
  const closeStreams = (): void => {
    for (const one of followed.values()) one.stream?.abort();
  };

  return {
    follow(id) {
      lastAskedMs = clock.now();
      followed.set(id, { readAtMs: Number.NEGATIVE_INFINITY });
    },
    forget(id) {
      followed.get(id)?.stream?.abort();
      followed.delete(id);
    },
    latest(id) {
      lastAskedMs = clock.now();
      const one = followed.get(id);
      return one !== undefined && clock.now() - one.readAtMs <= OLDEST_MS ? one.stats : undefined;
    },
    actor: {
      name: 'docker stats',
      async run(signal) {
        const streams = new Set<Promise<void>>();
        while (!signal.aborted) {
          const version = engineVersion();
          const watched = clock.now() - lastAskedMs < UNWATCHED_AFTER_MS;
          if (!watched) closeStreams();
          else if (version !== undefined && answersOneShotAtOnce(version)) await readAll();
          else if (version !== undefined)
            for (const [id, one] of followed) {
              if (one.stream !== undefined) continue;
              const streaming = stream(id, one, signal).finally(() => streams.delete(streaming));
              streams.add(streaming);
            }
          await clock.sleep(STATS_PERIOD_MS, signal);
        }
        await Promise.all(streams);
      },
    },
  };
}
