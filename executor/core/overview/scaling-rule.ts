/** The two deciding rules of a target, as Prometheus runs them: they say its terms before any alert fires. */
import { ALERT_ANNOTATION, ALERT_KIND, ALERT_LABEL } from '../../../internal/contract/alerts.ts';
import { parseDurationMs } from '../../../internal/contract/duration.ts';
import { DEFAULT_COOLDOWN_MS, type Direction } from '../scaling-alert.ts';
import { type Labels, type Target, targetOfLabels } from '../target.ts';
import type { OverviewTerms } from './overview-shape.ts';

export type ScalingRule = {
  readonly expression: string;
  readonly labels: Labels;
  readonly annotations: Labels;
};

export type DecidingRules = {
  readonly up: ScalingRule | undefined;
  readonly down: ScalingRule | undefined;
};

export type TargetRules = DecidingRules & { readonly target: Target };

/** By target key, in the order of names. Rules for people, and those that serve all services at once, are none of these. */
export function rulesByTarget(rules: readonly ScalingRule[]): ReadonlyMap<string, TargetRules> {
  const byTarget = new Map<string, TargetRules>();
  for (const rule of rules) {
    const kind = rule.labels[ALERT_LABEL.alert];
    const named = targetOfLabels(rule.labels);
    if (!named.ok || (kind !== ALERT_KIND.overloaded && kind !== ALERT_KIND.underloaded)) continue;
    const { target } = named;
    const before = byTarget.get(target.key) ?? { target, up: undefined, down: undefined };
    byTarget.set(target.key, { ...before, [kind === ALERT_KIND.overloaded ? 'up' : 'down']: rule });
  }
  return new Map([...byTarget].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function readTerms({ up, down }: DecidingRules): OverviewTerms {
  const text = (key: string): string | undefined => up?.annotations[key] ?? down?.annotations[key];
  return {
    min: readNumber(text(ALERT_ANNOTATION.min)),
    max: readNumber(text(ALERT_ANNOTATION.max)),
    metric: text(ALERT_ANNOTATION.metric) ?? '',
    strategy: text(ALERT_ANNOTATION.strategy) === 'target' ? 'target' : 'step',
    scaleup: readNumber(up?.annotations[ALERT_ANNOTATION.threshold]),
    scaledown: readNumber(down?.annotations[ALERT_ANNOTATION.threshold]),
    goal: readNumber(text(ALERT_ANNOTATION.target)),
  };
}

export function readCooldownMs(rules: DecidingRules, direction: Direction): number {
  const text = rules[direction]?.annotations[ALERT_ANNOTATION.cooldown] ?? '';
  return parseDurationMs(text.trim()) ?? DEFAULT_COOLDOWN_MS[direction];
}

/** An annotation may be a template of Prometheus, which is no number. */
function readNumber(text = ''): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
