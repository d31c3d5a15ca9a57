import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCronCalendar } from '../../../../rulegen/adapters/cron-calendar.ts';
import { createZonedClock } from '../../../../rulegen/adapters/zoned-clock.ts';

const calendar = createCronCalendar();
const HOUR_MS = 3_600_000;

function at(instant: string, cron: string, hours: number, timeZone = 'UTC') {
  const state = calendar.windowAt({ cron, durationMs: hours * HOUR_MS, timeZone }, Date.parse(instant));
  if ('problem' in state) return state.problem;
  const { open, nextEdgeMs } = state;
  return `${open ? 'open' : 'shut'} until ${nextEdgeMs === undefined ? 'later' : new Date(nextEdgeMs).toISOString().slice(0, 16)}`;
}

describe('a window', () => {
  test.each<[string, string, string]>([
    ['2026-03-02T07:59:59Z', '0 8 * * 1-5', 'shut until 2026-03-02T08:00'],
    ['2026-03-02T08:00:00Z', '0 8 * * 1-5', 'open until 2026-03-02T18:00'],
    ['2026-03-02T17:59:59Z', '0 8 * * 1-5', 'open until 2026-03-02T18:00'],
    ['2026-03-02T18:00:00Z', '0 8 * * 1-5', 'shut until 2026-03-03T08:00'],
    ['2026-03-06T18:00:00Z', '0 8 * * 1-5', 'shut until later'],
    ['2026-03-03T02:00:00Z', '0 20 * * *', 'open until 2026-03-03T06:00'],
    ['2026-02-28T23:00:00Z', '30 22 L * *', 'open until 2026-03-01T08:30'],
    ['2026-03-02T12:34:56Z', '*/5 * * * *', 'open until 2026-03-02T22:30'],
  ])('at %s, for ten hours from %s, is %s', (instant, cron, expected) => {
    expect(at(instant, cron, 10)).toBe(expected);
  });

  test('goes by the clock of its time zone, in winter and in summer', () => {
    expect(at('2026-01-15T07:30:00Z', '0 8 * * *', 1, 'Europe/Berlin')).toBe('open until 2026-01-15T08:00');
    expect(at('2026-07-15T06:30:00Z', '0 8 * * *', 1, 'Europe/Berlin')).toBe('open until 2026-07-15T07:00');
    expect(at('2026-07-15T02:20:00Z', '0 8 * * *', 1, 'Asia/Kathmandu')).toBe('open until 2026-07-15T03:15');
    expect(at('2026-07-14T20:30:00Z', '0 8 * * *', 1, 'Pacific/Auckland')).toBe(
      'open until 2026-07-14T21:00',
    );
  });

  test('whose beginning the clock skips in spring begins where it skips', () => {
    // In Berlin 02:00 becomes 03:00 on 29 March 2026, at 01:00 UTC.
    expect(at('2026-03-29T00:59:59Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('shut until 2026-03-29T01:00');
    expect(at('2026-03-29T01:00:00Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('open until 2026-03-29T03:00');
    expect(at('2026-03-30T00:29:59Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('shut until 2026-03-30T00:30');
  });

  test('whose beginning the clock shows twice in autumn begins the first time', () => {
    // In Berlin 03:00 becomes 02:00 on 25 October 2026, at 01:00 UTC.
    expect(at('2026-10-25T00:30:00Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('open until 2026-10-25T02:30');
    expect(at('2026-10-25T02:29:59Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('open until 2026-10-25T02:30');
    expect(at('2026-10-25T02:30:00Z', '30 2 * * *', 2, 'Europe/Berlin')).toBe('shut until 2026-10-26T01:30');
  });

  test('lasts its duration, across a change of the clock too', () => {
    expect(at('2026-03-28T20:00:00Z', '0 20 * * *', 8, 'Europe/Berlin')).toBe('open until 2026-03-29T03:00');
    expect(at('2026-10-24T20:00:00Z', '0 20 * * *', 8, 'Europe/Berlin')).toBe('open until 2026-10-25T02:00');
  });

  test('of any cron expression is open at its beginning and shut at its end, unless it begins again', () => {
    const cron = fc
      .tuple(fc.nat({ max: 59 }), fc.nat({ max: 23 }), fc.constantFrom('*', '1-5', '0', '3'))
      .map(([minute, hour, weekday]) => `${minute} ${hour} * * ${weekday}`);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/London',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    );
    const now = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-12-31') });
    fc.assert(
      fc.property(cron, zone, now, fc.integer({ min: 1, max: 20 }), (text, timeZone, nowMs, hours) => {
        const timing = { cron: text, durationMs: hours * HOUR_MS, timeZone };
        const state = calendar.windowAt(timing, nowMs);
        if ('problem' in state || state.nextEdgeMs === undefined) return;
        expect(state.nextEdgeMs).toBeGreaterThan(nowMs);
        const justBefore = calendar.windowAt(timing, state.nextEdgeMs - 1);
        const then = calendar.windowAt(timing, state.nextEdgeMs);
        expect(justBefore).toMatchObject({ open: state.open, nextEdgeMs: state.nextEdgeMs });
        expect(then).toMatchObject({ open: !state.open });
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, string, RegExp]>([
    ['61 * * * *', 'UTC', /"61 \* \* \* \*" is no cron expression: .*minute/],
    ['0 8 * *', 'UTC', /5 or 6 fields/],
    ['*/10 0 8 * * *', 'UTC', /five fields/],
    ['0 8 31 2 *', 'UTC', /impossible/],
    ['$(reboot)', 'UTC', /illegal/],
    ['0 8 * * *', 'Europe/Londn', /"Europe\/Londn" is no time zone/],
  ])('cannot be had from %j in %s', (cron, timeZone, problem) => {
    expect(at('2026-01-01T00:00:00Z', cron, 1, timeZone)).toMatch(problem);
  });
});

test('a wall time becomes an instant that shows it, but for those that are skipped', () => {
  const clock = createZonedClock('America/New_York');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000_000 }), (minutes) => {
      const instant = Date.parse('2025-01-01') + minutes * 60_000;
      const wall = clock?.wallTime(instant) ?? 0;
      const back = clock?.instantOf(wall) ?? 0;
      expect(clock?.wallTime(back)).toBe(wall);
      expect([0, HOUR_MS]).toContain(instant - back);
    }),
    { numRuns: 500 },
  );
});
