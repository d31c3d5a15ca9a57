/** A decision as the journal keeps it: one JSON line, with the inputs that led to it. */
import { z } from 'zod';
import { ALERT_ANNOTATION } from '../../internal/contract/alerts.ts';
import type { Decision } from './decision.ts';
import type { ObservedAlert } from './observed-alert.ts';
import type { OutsideChange } from './outside-change.ts';
import { OUTSIDE_REASONS, REASONS } from './reasons.ts';
import { lastChangeAtMs, readReplicaHistory } from './replica-history.ts';
import { readScalingAlert } from './scaling-alert.ts';
import type { ServiceStatus } from './service-status.ts';
import { findSuppression } from './suppression.ts';
import type { World } from './world.ts';

/** The verdicts, and what others did. */
export const RECORD_KINDS = ['scale', 'step', 'hold', 'reject', 'outside'] as const;

const scaleSchema = z.object({
  from: z.number(),
  to: z.number(),
  direction: z.enum(['up', 'down']),
  clamps: z.array(z.object({ wanted: z.number(), by: z.string() })),
});

const schema = z.looseObject({
  /** The journal gives it. */
  id: z.number().int().nonnegative().optional(),
  time: z.string(),
  target: z.string(),
  kind: z.enum(RECORD_KINDS),
  reason: z.string(),
  sentence: z.string().optional(),
  detail: z.string().optional(),
  until: z.string().optional(),
  ...scaleSchema.partial().shape,
  would: scaleSchema.optional(),
  step: z.record(z.string(), z.unknown()).optional(),
  inputs: z.record(z.string(), z.unknown()),
});

export type DecisionRecord = Readonly<z.infer<typeof schema>>;

/** Undefined for a line that is no record: torn by a crash, or somebody else's. */
export function parseDecisionRecord(line: string): DecisionRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

export type DecisionInputs = Readonly<Record<string, unknown>>;

export function recordDecision(
  target: string,
  decision: Decision,
  inputs: DecisionInputs,
  nowMs: number,
): DecisionRecord {
  const head = { time: isoTime(nowMs), target, kind: decision.kind, reason: decision.reason };
  const sentence = REASONS[decision.reason].means;
  if (decision.kind === 'scale') {
    const { from, to, direction, clamps, alert, detail = `${alert} asks for it` } = decision;
    return { ...head, sentence, detail, from, to, direction, clamps: [...clamps], inputs };
  }
  const record = { ...head, sentence, detail: decision.detail, inputs };
  if (decision.kind === 'step') return { ...record, step: { ...decision.step } };
  if (decision.kind === 'reject') return record;
  const { untilMs, would } = decision;
  return {
    ...record,
    ...(untilMs === undefined ? {} : { until: isoTime(untilMs) }),
    ...(would === undefined
      ? {}
      : { would: { from: would.from, to: would.to, direction: would.direction, clamps: [...would.clamps] } }),
  };
}

export function recordOutsideChange(
  target: string,
  { reason, from, to, serviceId }: OutsideChange,
  nowMs: number,
): DecisionRecord {
  return {
    time: isoTime(nowMs),
    target,
    kind: 'outside',
    reason,
    sentence: OUTSIDE_REASONS[reason].means,
    detail: `${to} replicas instead of ${from}`,
    from,
    to,
    ...(to === from ? {} : { direction: to > from ? 'up' : 'down' }),
    inputs: { service_id: serviceId },
  };
}

/** What the decision was made from, cut down to what a reader of the journal needs. */
export function describeInputs(world: World, nowMs: number): DecisionInputs {
  const { alerts, service } = world;
  const status = service.kind === 'known' ? service.value : undefined;
  return {
    alerts: (alerts.kind === 'known' ? alerts.value : []).flatMap(
      (alert) => describeAlert(alert, world.suppressions, nowMs) ?? [],
    ),
    ...(status === undefined ? {} : describeStatus(status, nowMs)),
  };
}

export function describeAlert(
  observed: ObservedAlert,
  suppressions: World['suppressions'],
  nowMs: number,
): DecisionInputs | undefined {
  const alert = readScalingAlert(observed);
  if (alert === undefined) return undefined;
  const { name, kind, min, max, cooldownMs, strategy, target, scaleup } = alert;
  const suppression =
    suppressions.kind === 'known' ? findSuppression(alert.labels, suppressions.value, nowMs) : undefined;
  const threshold = observed.annotations[ALERT_ANNOTATION.threshold];
  return {
    name,
    kind,
    state: observed.state,
    value: shownValue(alert.value),
    ...(threshold === undefined ? {} : { threshold }),
    min,
    max,
    strategy,
    cooldown_s: cooldownMs / 1000,
    ...(strategy === 'target' ? { target } : {}),
    ...(scaleup === undefined ? {} : { scaleup }),
    active_at: isoTime(alert.activeAtMs),
    ...(suppression === undefined ? {} : { [`${suppression.by}_by`]: suppression.ids }),
  };
}

function describeStatus(status: ServiceStatus, nowMs: number): DecisionInputs {
  const history = readReplicaHistory(status, nowMs);
  const changedAtMs = lastChangeAtMs(history);
  return {
    service_id: status.id,
    replicas: status.replicas ?? null,
    running: status.runningTasks,
    ...(status.tasksWithoutNode === 0 ? {} : { tasks_without_node: status.tasksWithoutNode }),
    ...(changedAtMs === undefined ? {} : { last_change: isoTime(changedAtMs) }),
    ...(history.lastAction === undefined ? {} : { last_direction: history.lastAction.direction }),
    ...(history.outsideChangeAtMs === undefined ? {} : { changed_outside: true }),
  };
}

/** JSON has no NaN and no Infinity. */
const shownValue = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** A Date ends some 270,000 years from now, and an unreadable time is none at all. */
function isoTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString();
}
