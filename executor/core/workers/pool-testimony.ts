/** What Prometheus and Alertmanager say of a pool at this moment. */
import { type HoldDecision, hold } from '../decision.ts';
import type { ObservedAlert } from '../observed-alert.ts';
import { readScalingAlert, type ScalingAlert } from '../scaling-alert.ts';
import { findSuppression, type Suppressions } from '../suppression.ts';
import type { Known } from '../world.ts';

export function firingOf(
  alerts: readonly ObservedAlert[],
  kind: 'overloaded' | 'underloaded',
): ScalingAlert | undefined {
  return alerts
    .flatMap((alert) => (alert.state === 'firing' ? (readScalingAlert(alert) ?? []) : []))
    .find((alert) => alert.kind === kind);
}

export function holdWhileSuppressed(
  alert: ScalingAlert,
  suppressions: Known<Suppressions>,
  nowMs: number,
): HoldDecision | undefined {
  if (suppressions.kind === 'away') return hold('silences_unknown', suppressions.problem);
  const { outdatedBecause } = suppressions.value;
  if (alert.kind === 'underloaded' && outdatedBecause !== undefined)
    return hold('silences_unknown', `nothing goes down without Alertmanager: ${outdatedBecause}`);
  const found = findSuppression(alert.labels, suppressions.value, nowMs);
  return found && hold(found.by, `${alert.name} is ${found.by} by ${found.ids.join(', ')}`);
}
