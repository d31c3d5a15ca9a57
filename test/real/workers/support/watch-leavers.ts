import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from './pool.ts';

export type LeaversWatch = AsyncDisposable & {
  /** The most workers that were on their way out at any one moment: Ready, and not open for tasks. */
  stop(): Promise<number>;
};

export function watchLeavers({ nodes }: Pick<Pool, 'nodes'>): LeaversWatch {
  const stopping = new AbortController();
  let most = 0;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const leaving = (await nodes()).filter(
        ({ isReady, availability }) => isReady && availability !== 'active',
      );
      most = Math.max(most, leaving.length);
      await delay(100);
    }
  })();
  // A look that failed is told by `stop`.
  watching.catch(() => undefined);
  const stop = async (): Promise<number> => {
    stopping.abort();
    await watching;
    return most;
  };
  return {
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
