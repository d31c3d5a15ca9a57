/**
 * Events come in bursts: a stack of ten services makes ten. Each asks for a pass at once, and a pass that has something to
 * reload first lets the burst end, because each reload costs Prometheus alerts. What it does meanwhile costs no time.
 */
import type { Clock } from '../internal/daemon/clock.ts';

export type EventBurst = {
  poke(): void;
  /** To be taken before the world is read. */
  mark(): EventMark;
  /**
   * Waits until it has been quiet for a moment, or the first event has waited long enough. Resolves to whether something
   * happened since the mark, so that the plan is out of date.
   */
  settle(mark: EventMark): Promise<boolean>;
  /** The events before the mark are answered. */
  answered(mark: EventMark): void;
};

export type EventMark = {
  readonly seen: number;
  /** When the first event came that is not answered; undefined where there is none. */
  readonly firstMs: number | undefined;
};

export type EventBurstOptions = {
  readonly clock: Clock;
  readonly quietMs: number;
  readonly atMostMs: number;
  /** Something happened. */
  wake(): void;
};

export function createEventBurst({ clock, quietMs, atMostMs, wake }: EventBurstOptions): EventBurst {
  let seen = 0;
  let firstMs: number | undefined;
  let lastMs = 0;
  return {
    poke() {
      seen += 1;
      lastMs = clock.now();
      firstMs ??= lastMs;
      wake();
    },
    mark: () => ({ seen, firstMs }),
    async settle(mark) {
      if (mark.firstMs === undefined) return false;
      const deadlineMs = mark.firstMs + atMostMs;
      if (clock.now() >= deadlineMs) return false;
      for (;;) {
        const waitMs = Math.min(lastMs + quietMs, deadlineMs) - clock.now();
        if (waitMs <= 0) return seen !== mark.seen;
        await clock.sleep(waitMs);
      }
    },
    answered(mark) {
      firstMs = seen === mark.seen ? undefined : lastMs;
    },
  };
}
