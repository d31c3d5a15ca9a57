/**
 * A firing alert read as a request to scale. Every annotation may be absent or unreadable: then the executor's own
 * default stands in, so that any text yields terms that can be acted upon safely.
 */
import { ALERT_ANNOTATION, ALERT_KIND, ALERT_LABEL } from '../../internal/contract/alerts.ts';
import { parseDurationMs } from '../../internal/contract/duration.ts';
import type { ObservedAlert } from './observed-alert.ts';
import type { Labels } from './target.ts';

export const DEFAULT_BOUNDS = { min: 1, max: 10 } as const;
export const DEFAULT_COOLDOWN_MS = { up: 30_000, down: 120_000 } as const;
const DEFAULT_TARGET = 60;

export type Direction = 'up' | 'down';
const SCALING_KINDS = [ALERT_KIND.overloaded, ALERT_KIND.underloaded, ALERT_KIND.outOfBounds] as const;
export type ScalingAlertKind = (typeof SCALING_KINDS)[number];
export type Step = { readonly unit: 'replicas' | 'percent'; readonly size: number };

export type ScalingAlert = {
  readonly name: string;
  readonly kind: ScalingAlertKind;
  readonly labels: Labels;
  readonly value: number;
  readonly activeAtMs: number;
  readonly min: number;
  readonly max: number;
  readonly step: Step;
  readonly cooldownMs: number;
  readonly strategy: 'step' | 'target';
  readonly target: number;
  /** With `total` the value is a sum over the service; with `mean` it is per replica or percent. */
  readonly measures: 'mean' | 'total';
  /** Threshold of the up direction; a step down must stay under it. */
  readonly scaleup: number | undefined;
  readonly serviceId: string | undefined;
};

/** Undefined for an alert that asks for no scaling, such as `at_max`, which is for people. */
export function readScalingAlert(alert: ObservedAlert): ScalingAlert | undefined {
  const kind = scalingKindOf(alert.labels);
  if (kind === undefined) return undefined;
  const { annotations } = alert;
  const strategy = annotations[ALERT_ANNOTATION.strategy] === 'target' ? 'target' : 'step';
  const isQuery = annotations[ALERT_ANNOTATION.metric] === 'query';
  return {
    name: alert.labels[ALERT_LABEL.alertname] ?? kind,
    kind,
    labels: alert.labels,
    value: alert.value,
    activeAtMs: alert.activeAtMs,
    ...readBounds(annotations, kind === 'underloaded' && !isQuery ? 1 : 0),
    step: readStep(annotations[ALERT_ANNOTATION.step]),
    cooldownMs: readCooldownMs(annotations[ALERT_ANNOTATION.cooldown], kind),
    strategy,
    target: positive(annotations[ALERT_ANNOTATION.target]) ?? DEFAULT_TARGET,
    measures: isQuery && strategy === 'target' ? 'total' : 'mean',
    scaleup: positive(annotations[ALERT_ANNOTATION.scaleup]),
    // A template of Prometheus that finds nothing leaves an empty annotation.
    serviceId: annotations[ALERT_ANNOTATION.serviceId] || undefined,
  };
}

export function scalingKindOf(labels: Labels): ScalingAlertKind | undefined {
  return SCALING_KINDS.find((kind) => kind === labels[ALERT_LABEL.alert]);
}

/**
 * Always min <= max and max >= 1: of two that contradict each other, max holds. Only a query can wake a service that has
 * no containers, so nothing else brings one to 0.
 */
function readBounds(annotations: Labels, least: number): { readonly min: number; readonly max: number } {
  const min = Math.max(least, wholeNumber(annotations[ALERT_ANNOTATION.min]) ?? DEFAULT_BOUNDS.min);
  const given = wholeNumber(annotations[ALERT_ANNOTATION.max]);
  const max = given === undefined || given === 0 ? Math.max(DEFAULT_BOUNDS.max, min) : given;
  return { min: Math.min(min, max), max };
}

function readStep(text = ''): Step {
  const percent = /^(\d{1,6}(?:\.\d{1,6})?)%$/.exec(text.trim())?.[1];
  const size = percent === undefined ? wholeNumber(text) : Number(percent);
  if (size === undefined || size === 0) return { unit: 'replicas', size: 1 };
  return { unit: percent === undefined ? 'replicas' : 'percent', size };
}

function readCooldownMs(text: string | undefined, kind: ScalingAlertKind): number {
  const builtInMs = kind === 'overloaded' ? DEFAULT_COOLDOWN_MS.up : DEFAULT_COOLDOWN_MS.down;
  return kind === 'out_of_bounds' ? 0 : (parseDurationMs((text ?? '').trim()) ?? builtInMs);
}

function wholeNumber(text = ''): number | undefined {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

function positive(text = ''): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
