import type { Logger } from './logger.ts';
import type { Actor } from './run-group.ts';

const FORCED_EXIT_MS = 10_000;

/** Ends at SIGTERM or SIGINT. A second signal, or 10 s without an end, forces the exit. */
export function createSignalActor(logger: Logger): Actor {
  return {
    name: 'signals',
    run: (signal) =>
      new Promise((resolve) => {
        const onSignal = (name: NodeJS.Signals): void => {
          if (signal.aborted) process.exit(1);
          logger.info('stopping', { signal: name });
          resolve();
        };
        process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
        signal.addEventListener('abort', () => {
          resolve();
          setTimeout(() => {
            logger.error('did not stop in time', { seconds: FORCED_EXIT_MS / 1000 });
            process.exit(1);
          }, FORCED_EXIT_MS).unref();
        });
      }),
  };
}
