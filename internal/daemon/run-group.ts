/**
 * A run group owns life and death of a process: all actors start together, the first to end stops all others, and the
 * group ends when every one of them has ended.
 */

import { describeError } from './app-error.ts';
import type { Logger } from './logger.ts';

export type Actor = {
  readonly name: string;
  /** Runs until the signal is aborted (or its own end), then releases what it holds. */
  run(signal: AbortSignal): Promise<void>;
};

export type RunGroupResult = { readonly ended: string; readonly error?: unknown };

/** The first actor's name that ended, with its error where it failed. Never rejects. */
export async function runGroup(actors: readonly Actor[], logger: Logger): Promise<RunGroupResult> {
  const stop = new AbortController();
  let first: RunGroupResult | undefined;
  const end = (result: RunGroupResult): void => {
    if (first === undefined) first = result;
    else if (result.error !== undefined)
      logger.error('actor failed while stopping', {
        actor: result.ended,
        error: describeError(result.error),
      });
    stop.abort();
  };
  await Promise.all(
    actors.map(async (actor) => {
      try {
        await actor.run(stop.signal);
        end({ ended: actor.name });
      } catch (error) {
        end({ ended: actor.name, error });
      }
    }),
  );
  return first ?? { ended: 'nothing to run' };
}
