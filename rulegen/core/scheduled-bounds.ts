/**
 * The bounds of a service now. An open window replaces the bounds that it names; where windows overlap, each bound is the
 * largest that any of them has, so that the one that expects most has room for it.
 */
import { SCHEDULE_LABEL_PREFIX } from '../../internal/contract/labels.ts';
import type { Problem } from './problem.ts';
import type { Layer, ResolvedSetting } from './resolve-settings.ts';
import type { Schedule, WindowAt } from './schedule.ts';

export type Bound = ResolvedSetting<number>;
export type Bounds = { readonly min: Bound; readonly max: Bound };

export type ScheduledBounds = {
  readonly bounds: Bounds;
  readonly problems: readonly Problem[];
  /** When a window opens or closes next; undefined where none does for a day. */
  readonly nextEdgeMs: number | undefined;
};

/** By name; the highest place that has a schedule of this name counts. */
export function resolveSchedules(layers: readonly Layer[]): readonly ResolvedSetting<Schedule>[] {
  const resolved = new Map<string, ResolvedSetting<Schedule>>();
  for (const { origin, given, nameOf } of layers)
    for (const [name, value] of given.schedules)
      if (!resolved.has(name))
        resolved.set(name, { value, origin, from: nameOf(SCHEDULE_LABEL_PREFIX + name) });
  return [...resolved].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, schedule]) => schedule);
}

export function scheduleBounds(
  base: Bounds,
  schedules: readonly ResolvedSetting<Schedule>[],
  windowAt: WindowAt,
): ScheduledBounds {
  const problems: Problem[] = [];
  const open: Bounds[] = [];
  const edges: number[] = [];
  for (const schedule of schedules) {
    const state = windowAt(schedule.value);
    const within = boundsWithin(base, schedule);
    if ('problem' in state) problems.push(wrong(schedule, state.problem));
    else if (within.min.value > within.max.value) problems.push(wrong(schedule, crossing(within)));
    else {
      if (state.open) open.push(within);
      if (state.nextEdgeMs !== undefined) edges.push(state.nextEdgeMs);
    }
  }
  const bounds =
    open.length === 0
      ? base
      : { min: largest(open.map(({ min }) => min)), max: largest(open.map(({ max }) => max)) };
  return { bounds, problems, nextEdgeMs: edges.length === 0 ? undefined : Math.min(...edges) };
}

function boundsWithin(base: Bounds, { value, origin, from }: ResolvedSetting<Schedule>): Bounds {
  const bound = (given: number | undefined, otherwise: Bound): Bound =>
    given === undefined ? otherwise : { value: given, origin, from };
  return { min: bound(value.min, base.min), max: bound(value.max, base.max) };
}

function largest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((a, b) => (b.value > a.value ? b : a));
}

const crossing = ({ min, max }: Bounds): string =>
  `its minimum ${min.value} (${min.from}) is above its maximum ${max.value} (${max.from})`;

function wrong({ value: { cron, timeZone }, from }: ResolvedSetting<Schedule>, message: string): Problem {
  return {
    severity: 'error',
    where: from,
    value: `${cron}; …; ${timeZone}`,
    message,
    cure: 'correct the schedule',
  };
}
