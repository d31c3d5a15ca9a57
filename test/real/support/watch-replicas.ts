import { setTimeout as delay } from 'node:timers/promises';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import type { Engine } from '../../cluster/engine.ts';

export type ReplicaWatch = {
  /** Every number of replicas that was seen, in order, each once per change. */
  stop(): Promise<readonly number[]>;
};

/** Looks every 100 ms; the shortest cool-down in the tests is many times longer. */
export function watchReplicas(engine: Engine, name: string): ReplicaWatch {
  const stopping = new AbortController();
  const seen: number[] = [];
  const look = async (): Promise<void> => {
    const replicas = (await findSwarmService(engine.docker, name))?.replicas;
    if (replicas !== undefined && seen.at(-1) !== replicas) seen.push(replicas);
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(() => {});
      await delay(100);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await watching;
      await look();
      return seen;
    },
  };
}
