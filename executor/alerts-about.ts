/** Which alerts, or rules, are about a target. */
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

function sortByTarget(alerts: readonly ObservedAlert[]): ByTarget {
  const byTarget = new Map<string, ObservedAlert[]>();
  for (const alert of alerts) {
    const named = targetOfLabels(alert.labels);
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
