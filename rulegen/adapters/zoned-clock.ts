/**
 * The clock on the wall of a time zone. A wall time is kept as if it were UTC, so that it can be counted with; it becomes an
 * instant by two rules: what the clock shows twice in autumn is its first time, and what it skips in spring is the moment in
 * which it skips.
 */
export type ZonedClock = {
  wallTime(instantMs: number): number;
  instantOf(wallMs: number): number;
};

const DAY_MS = 86_400_000;

/** Undefined where there is no such time zone. */
export function createZonedClock(timeZone: string): ZonedClock | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const wallTime = (instantMs: number): number => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const date = Date.UTC(part('year'), part('month') - 1, part('day'));
    return date + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1_000;
  };
  const offsetAt = (instantMs: number): number => wallTime(instantMs) - instantMs;
  return {
    wallTime,
    instantOf(wallMs) {
      const before = offsetAt(wallMs - DAY_MS);
      const after = offsetAt(wallMs + DAY_MS);
      if (offsetAt(wallMs - before) === before) return wallMs - before;
      if (offsetAt(wallMs - after) === after) return wallMs - after;
      return firstWith(after, wallMs - after, wallMs - before, offsetAt);
    },
  };
}

/** The first second after `earlyMs` in which the zone has this offset; it has by `lateMs`. */
function firstWith(
  offset: number,
  earlyMs: number,
  lateMs: number,
  offsetAt: (instantMs: number) => number,
): number {
  let [early, late] = [earlyMs, lateMs];
  while (late - early > 1_000) {
    const middle = early + Math.floor((late - early) / 2_000) * 1_000;
    if (offsetAt(middle) === offset) late = middle;
    else early = middle;
  }
  return late;
}
