/** Time comes in by argument, so that tests move it. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once and without error when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** setTimeout counts in 32 bits: anything longer would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
      if (signal?.aborted === true) end();
      else signal?.addEventListener('abort', end, { once: true });
    }),
};
