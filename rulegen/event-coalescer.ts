/**
 * Turns a burst of events into one wake-up: as soon as it has been quiet for a moment, and at the latest some time after
 * the first. Each reload costs Prometheus alerts, so ten services of one stack should make one reload.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Actor } from '../internal/daemon/run-group.ts';

export type EventCoalescer = {
  poke(): void;
  readonly actor: Actor;
};

export type CoalescerOptions = {
  readonly clock: Clock;
  readonly quietMs: number;
  readonly atMostMs: number;
  /** @param firstMs when the first event of the burst came. */
  fire(firstMs: number): void;
};

export function createEventCoalescer({ clock, quietMs, atMostMs, fire }: CoalescerOptions): EventCoalescer {
  let burst: { readonly firstMs: number; lastMs: number } | undefined;
  let wake: () => void = () => {};
  const untilPoked = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return {
    poke() {
      const nowMs = clock.now();
      if (burst === undefined) burst = { firstMs: nowMs, lastMs: nowMs };
      else burst.lastMs = nowMs;
      wake();
    },
    actor: {
      name: 'event coalescer',
      async run(signal) {
        signal.addEventListener('abort', () => wake());
        while (!signal.aborted) {
          if (burst === undefined) {
            await untilPoked();
            continue;
          }
          const dueMs = Math.min(burst.lastMs + quietMs, burst.firstMs + atMostMs);
          if (clock.now() < dueMs) {
            await clock.sleep(dueMs - clock.now(), signal);
            continue;
          }
          const { firstMs } = burst;
          burst = undefined;
          fire(firstMs);
        }
      },
    },
  };
}
