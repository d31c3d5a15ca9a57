/** One timer for many things that fall due: whoever is rung looks what is due, and sets it again for the rest. */
import type { Clock } from './clock.ts';

export type Alarm = {
  /** Rings once, then or a little before: one that was set to an earlier time stays. Never: infinity. */
  ringAt(timeMs: number, ring: () => void): void;
  stop(): void;
};

export function createAlarm(clock: Clock): Alarm {
  let set: { readonly timeMs: number; readonly stop: AbortController } | undefined;
  return {
    ringAt(timeMs, ring) {
      if (timeMs === Number.POSITIVE_INFINITY || (set !== undefined && set.timeMs <= timeMs)) return;
      set?.stop.abort();
      const mine = { timeMs, stop: new AbortController() };
      set = mine;
      void clock.sleep(Math.max(0, timeMs - clock.now()), mine.stop.signal).then(() => {
        if (set !== mine) return;
        set = undefined;
        ring();
      });
    },
    stop() {
      set?.stop.abort();
      set = undefined;
    },
  };
}
