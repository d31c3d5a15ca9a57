/** Capped exponential back-off with jitter, so that many waiters do not come back at one moment. */
export type BackOff = {
  /** The next delay in milliseconds; each call without a reset doubles it. */
  nextMs(): number;
  reset(): void;
};

export type BackOffOptions = { readonly firstMs: number; readonly maxMs: number; random?(): number };

export function createBackOff({ firstMs, maxMs, random = Math.random }: BackOffOptions): BackOff {
  let attempt = 0;
  return {
    nextMs() {
      const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
      attempt += 1;
      return Math.round(fullMs * (0.75 + 0.25 * random()));
    },
    reset() {
      attempt = 0;
    },
  };
}
