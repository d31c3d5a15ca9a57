/** What one alert asks for: an absolute number of replicas, with each limit that changed it, or why it asks for none. */
import type { Clamp } from './decision.ts';
import type { HoldReason } from './reasons.ts';
import type { Direction, ScalingAlert } from './scaling-alert.ts';

export type ReplicaRequest = {
  readonly alert: ScalingAlert;
  readonly from: number;
  /** The same as `from` where nothing is asked for; `held` then says why. */
  readonly to: number;
  readonly direction: Direction;
  readonly clamps: readonly Clamp[];
  readonly held: { readonly reason: HoldReason; readonly detail: string } | undefined;
};

/** What no alert can raise. */
export type Ceilings = {
  readonly maxReplicas: number;
  /** So many tasks the nodes take; undefined where that is not limited. */
  readonly byNodes: number | undefined;
};

export function requestReplicas(alert: ScalingAlert, from: number, ceilings: Ceilings): ReplicaRequest {
  switch (alert.kind) {
    case 'out_of_bounds':
      return requestWithinBounds(alert, from, ceilings);
    case 'overloaded':
      return requestMore(alert, from, ceilings);
    case 'underloaded':
      return requestFewer(alert, from, ceilings.maxReplicas);
  }
}

function requestWithinBounds(alert: ScalingAlert, from: number, ceilings: Ceilings): ReplicaRequest {
  const bounded = clampReplicas(from, alert, ceilings.maxReplicas);
  if (bounded.to > from) return upTo(alert, from, bounded, ceilings);
  const { to, clamps } = bounded;
  return to === from
    ? none(alert, from, 'down', 'no_change', `${from} is within the bounds`)
    : { alert, from, to, direction: 'down', clamps, held: undefined };
}

function requestMore(alert: ScalingAlert, from: number, ceilings: Ceilings): ReplicaRequest {
  const wanted = wantedReplicas(alert, from);
  if (wanted === undefined) return none(alert, from, 'up', 'bad_value', badValue(alert));
  if (wanted <= from) return none(alert, from, 'up', 'no_change', `${wanted} wanted, ${from} there`);
  const bounded = clampReplicas(wanted, alert, ceilings.maxReplicas);
  // An alert never moves the replicas against its own direction, not even into the bounds.
  if (bounded.to > from) return upTo(alert, from, bounded, ceilings);
  const most = Math.min(alert.max, ceilings.maxReplicas);
  return none(alert, from, 'up', 'at_max', `${from} there, at most ${most}`);
}

/** Never more than the nodes take: the rest would only wait. */
function upTo(
  alert: ScalingAlert,
  from: number,
  { to, clamps }: Clamped,
  { byNodes = Number.POSITIVE_INFINITY }: Ceilings,
): ReplicaRequest {
  if (to <= byNodes) return { alert, from, to, direction: 'up', clamps, held: undefined };
  if (byNodes <= from)
    return none(alert, from, 'up', 'max_per_node', `the nodes take ${byNodes} of its tasks`);
  const byPlaces: readonly Clamp[] = [...clamps, { wanted: to, by: 'max_per_node' }];
  return { alert, from, to: byNodes, direction: 'up', clamps: byPlaces, held: undefined };
}

function requestFewer(alert: ScalingAlert, from: number, maxReplicas: number): ReplicaRequest {
  const wanted = wantedReplicas(alert, from);
  if (wanted === undefined) return none(alert, from, 'down', 'bad_value', badValue(alert));
  if (wanted >= from) {
    const atMin = from <= alert.min;
    return none(alert, from, 'down', atMin ? 'at_min' : 'no_change', `${wanted} wanted, ${from} there`);
  }
  const clamped = clampReplicas(wanted, alert, maxReplicas);
  if (clamped.to >= from) return none(alert, from, 'down', 'at_min', `${from} there, at least ${alert.min}`);
  const least = leastUnderThreshold(alert, from);
  if (least <= clamped.to)
    return { alert, from, to: clamped.to, direction: 'down', clamps: clamped.clamps, held: undefined };
  const tooMany = least >= from || least > Math.min(alert.max, maxReplicas);
  if (tooMany)
    return none(
      alert,
      from,
      'down',
      'would_flap',
      `${alert.value} on ${from} replicas would pass ${alert.scaleup} on ${clamped.to}`,
    );
  const clamps: readonly Clamp[] = [...clamped.clamps, { wanted: clamped.to, by: 'would_flap' }];
  return { alert, from, to: least, direction: 'down', clamps, held: undefined };
}

/** The alert's own wish, before any limit. Undefined where its value does not allow to compute one. */
export function wantedReplicas(alert: ScalingAlert, from: number): number | undefined {
  if (alert.strategy === 'target') {
    if (!Number.isFinite(alert.value) || alert.value < 0) return undefined;
    const load = alert.measures === 'total' ? alert.value : alert.value * from;
    // A hair above a whole number is floating-point noise, not load.
    return Math.max(0, Math.ceil(load / alert.target - 1e-9));
  }
  const { unit, size } = alert.step;
  const step = unit === 'replicas' ? size : Math.max(1, Math.ceil((from * size) / 100));
  return alert.kind === 'overloaded' ? from + step : Math.max(0, from - step);
}

type Clamped = { readonly to: number; readonly clamps: readonly Clamp[] };

/** Brings a number between the alert's bounds and under the executor's ceiling; the ceiling has the last word. */
export function clampReplicas(
  wanted: number,
  { min, max }: Pick<ScalingAlert, 'min' | 'max'>,
  maxReplicas: number,
): Clamped {
  const limits = [
    { by: 'min', apply: (count: number) => Math.max(count, min) },
    { by: 'max', apply: (count: number) => Math.min(count, max) },
    { by: 'max_replicas', apply: (count: number) => Math.min(count, maxReplicas) },
  ] as const;
  let to = wanted;
  const clamps: Clamp[] = [];
  for (const { by, apply } of limits) {
    const limited = apply(to);
    if (limited !== to) clamps.push({ wanted: to, by });
    to = limited;
  }
  return { to, clamps };
}

/** The fewest replicas on which the measured load stays under the upper threshold; 0 where no cut is called for. */
function leastUnderThreshold({ strategy, value, scaleup }: ScalingAlert, from: number): number {
  if (strategy === 'target' || scaleup === undefined || !Number.isFinite(value) || value <= 0) return 0;
  return Math.floor((value * from) / scaleup) + 1;
}

function none(
  alert: ScalingAlert,
  from: number,
  direction: Direction,
  reason: HoldReason,
  detail: string,
): ReplicaRequest {
  return { alert, from, to: from, direction, clamps: [], held: { reason, detail } };
}

const badValue = ({ name, value }: ScalingAlert): string => `the value of ${name} is ${value}`;
