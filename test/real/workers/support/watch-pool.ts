import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../../../cluster/cloud/cloud.ts';

export type PoolWatch = AsyncDisposable & {
  /** The fewest and the most VMs that there were at any moment. */
  stop(): Promise<{ readonly fewest: number; readonly most: number }>;
};

export function watchPool(cloud: Cloud): PoolWatch {
  const stopping = new AbortController();
  let fewest = Number.POSITIVE_INFINITY;
  let most = 0;
  const look = (): void => {
    const count = cloud.occopus.infrastructure(cloud.infraId)?.node(cloud.node)?.instances.size ?? 0;
    fewest = Math.min(fewest, count);
    most = Math.max(most, count);
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      look();
      await delay(100);
    }
  })();
  const stop = async () => {
    stopping.abort();
    await watching;
    return { fewest, most };
  };
  return {
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
