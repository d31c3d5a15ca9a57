/**
 * Windows of time from cron expressions, which node-cron reads. It is asked about wall times, as if they were UTC: what a
 * change of the clock does to a window is the zoned clock's to say.
 */
import { createTask, validateDetailed } from 'node-cron';
import type { WindowState, WindowTiming } from '../core/schedule.ts';
import type { ScheduleCalendar } from '../ports.ts';
import { createZonedClock, type ZonedClock } from './zoned-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The minutes of a day at which an expression may begin a window, and whether it does on a day. */
type Cron = {
  readonly minutesOfDay: readonly number[];
  onDay(dayMs: number): boolean;
};

/** Many services have one schedule, and a state lasts until its edge: it is looked for again once an hour at the least. */
const REMEMBERED_MS = 60 * MINUTE_MS;

type Remembered = { readonly state: WindowState; readonly sinceMs: number; readonly untilMs: number };

export function createCronCalendar(): ScheduleCalendar {
  const states = new Map<string, Remembered>();
  const crons = new Map<string, Cron | { readonly problem: string }>();
  const clocks = new Map<string, ZonedClock | undefined>();
  const look = (timing: WindowTiming, nowMs: number): WindowState => {
    const cron = once(crons, timing.cron, parseCron);
    if ('problem' in cron) return cron;
    const clock = once(clocks, timing.timeZone, createZonedClock);
    return clock === undefined
      ? { problem: `"${timing.timeZone}" is no time zone: use a name such as UTC or Europe/London` }
      : windowAt(timing, cron, clock, nowMs);
  };
  return {
    windowAt(timing, nowMs) {
      const key = `${timing.cron};${timing.durationMs};${timing.timeZone}`;
      const known = states.get(key);
      if (known !== undefined && known.sinceMs <= nowMs && nowMs < known.untilMs) return known.state;
      const state = look(timing, nowMs);
      const edgeMs = ('nextEdgeMs' in state ? state.nextEdgeMs : undefined) ?? Number.POSITIVE_INFINITY;
      states.set(key, { state, sinceMs: nowMs, untilMs: Math.min(edgeMs, nowMs + REMEMBERED_MS) });
      return state;
    },
  };
}

function once<T>(known: Map<string, T>, key: string, make: (key: string) => T): T {
  if (known.has(key)) return known.get(key) as T;
  const made = make(key);
  known.set(key, made);
  return made;
}

function parseCron(cron: string): Cron | { readonly problem: string } {
  const { valid, fields, errors } = validateDetailed(cron);
  if (!valid || fields === undefined)
    return { problem: `"${cron}" is no cron expression: ${errors[0]?.message ?? ''}` };
  if (fields.second.length !== 1 || fields.second[0] !== 0)
    return { problem: `"${cron}" is no cron expression of five fields, such as 0 8 * * 1-5` };
  const task = createTask(cron, () => {}, { timezone: 'UTC' });
  // It only matches dates; node-cron must not keep it as one to be run.
  void task.destroy();
  const minutesOfDay = fields.hour
    .flatMap((hour) => fields.minute.map((minute) => hour * 60 + minute))
    .sort((a, b) => a - b);
  return {
    minutesOfDay,
    onDay: (dayMs) => task.match(new Date(dayMs + (minutesOfDay[0] ?? 0) * MINUTE_MS)),
  };
}

function windowAt({ durationMs }: WindowTiming, cron: Cron, clock: ZonedClock, nowMs: number): WindowState {
  const today = Math.floor(clock.wallTime(nowMs) / DAY_MS) * DAY_MS;
  const last = lastStart(cron, clock, today, nowMs, durationMs);
  if (last !== undefined && nowMs < last + durationMs) return { open: true, nextEdgeMs: last + durationMs };
  return { open: false, nextEdgeMs: nextStart(cron, clock, today, nowMs) };
}

function lastStart(
  cron: Cron,
  clock: ZonedClock,
  today: number,
  nowMs: number,
  withinMs: number,
): number | undefined {
  for (let day = today; day > today - withinMs - 2 * DAY_MS; day -= DAY_MS) {
    if (!cron.onDay(day)) continue;
    for (const minute of cron.minutesOfDay.toReversed()) {
      const start = clock.instantOf(day + minute * MINUTE_MS);
      if (start <= nowMs) return start;
    }
  }
  return undefined;
}

/** Today or tomorrow; undefined where it is later than that. */
function nextStart(cron: Cron, clock: ZonedClock, today: number, nowMs: number): number | undefined {
  for (const day of [today, today + DAY_MS]) {
    if (!cron.onDay(day)) continue;
    for (const minute of cron.minutesOfDay) {
      const start = clock.instantOf(day + minute * MINUTE_MS);
      if (start > nowMs) return start;
    }
  }
  return undefined;
}
