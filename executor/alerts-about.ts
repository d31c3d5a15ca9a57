/** Which alerts, or rules, are about a target. */
import { ALERT_LABEL, ALERT_TYPE } from '../internal/contract/alerts.ts';
import type { ObservedAlert } from './core/observed-alert.ts';
import { type Labels, type Target, targetOfLabels } from './core/target.ts';

type ByTarget = ReadonlyMap<string, readonly ObservedAlert[]>;

/** Looks that share an answer share its sorting too: else each of 200 would go through the alerts of all of them. */
const sorted = new WeakMap<readonly ObservedAlert[], ByTarget>();

export function alertsAbout({ key }: Target, alerts: readonly ObservedAlert[]): readonly ObservedAlert[] {
  const byTarget = sorted.get(alerts) ?? sortByTarget(alerts);
  sorted.set(alerts, byTarget);
  return byTarget.get(key) ?? [];
}

/** They name a target as the others do, but for the type that would make a request of them: `at_max`, a service's own. */
export const alertsForPeople = (alerts: readonly ObservedAlert[]): ByTarget =>
  sortByTarget(
    alerts.filter(({ labels }) => labels[ALERT_LABEL.type] === undefined),
    (labels) =>
      Object.values(ALERT_TYPE)
        .map((type) => targetOfLabels({ ...labels, [ALERT_LABEL.type]: type }))
        .find(({ ok }) => ok) ?? targetOfLabels(labels),
  );

function sortByTarget(alerts: readonly ObservedAlert[], read = targetOfLabels): ByTarget {
  const byTarget = new Map<string, ObservedAlert[]>();
  for (const alert of alerts) {
    const named = read(alert.labels);
    if (!named.ok) continue;
    const others = byTarget.get(named.target.key);
    if (others === undefined) byTarget.set(named.target.key, [alert]);
    else others.push(alert);
  }
  return byTarget;
}

export function isAbout(target: Target, { labels }: { readonly labels: Labels }): boolean {
  const named = targetOfLabels(labels);
  return named.ok && named.target.key === target.key;
}
