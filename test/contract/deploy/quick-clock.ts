/** Real time, many times as fast: for waits of seconds that must be waited for, between processes that are real. */
import { type Clock, systemClock } from '../../../internal/daemon/clock.ts';

export function createQuickClock(factor: number): Clock {
  const startMs = systemClock.now();
  return {
    now: () => startMs + (systemClock.now() - startMs) * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
