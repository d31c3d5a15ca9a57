/** Services and pools for people, from one reading of the world. What is away leaves its own fields empty, and no others. */
import { alertsRuleFile, serviceRuleFile, workersRuleFile } from '../../../internal/contract/alerts.ts';
import type { DecisionRecord } from '../decision-record.ts';
import type { ObservedAlert } from '../observed-alert.ts';
import { cooldownStartMs } from '../replica-history.ts';
import type { ReplicaMemory } from '../replica-memory.ts';
import { type Direction, scalingKindOf } from '../scaling-alert.ts';
import type { ServiceStatus } from '../service-status.ts';
import { findSuppression, type Suppressions } from '../suppression.ts';
import type { Known } from '../world.ts';
import type { OverviewAlert, OverviewPool, OverviewService, Verdict } from './overview-shape.ts';
import { readCooldownMs, readTerms, type TargetRules } from './scaling-rule.ts';

/** All that is known about one target. */
export type TargetWorld = {
  readonly rules: TargetRules;
  readonly alerts: readonly ObservedAlert[];
  readonly suppressions: Known<Suppressions>;
  readonly isPaused: boolean;
  readonly quarantined: readonly string[];
  readonly last: DecisionRecord | undefined;
};

export function describeService(
  world: TargetWorld,
  name: string,
  status: ServiceStatus | undefined,
  memory: ReplicaMemory | undefined,
  nowMs: number,
): OverviewService {
  const { rules, quarantined } = world;
  const leftSeconds = (direction: Direction): number => {
    const startMs = status && cooldownStartMs(status, memory, direction, nowMs);
    if (startMs === undefined) return 0;
    return Math.ceil(Math.max(0, startMs + readCooldownMs(rules, direction) - nowMs) / 1000);
  };
  const files = [serviceRuleFile(name), alertsRuleFile(name)];
  return {
    ...describeTarget(world, nowMs),
    name,
    replicas: status?.replicas ?? null,
    running: status?.runningTasks ?? null,
    cooldown: { up_left_s: leftSeconds('up'), down_left_s: leftSeconds('down') },
    quarantined: quarantined.filter((file) => files.includes(file)),
  };
}

export function describePool(world: TargetWorld, infra: string, name: string, nowMs: number): OverviewPool {
  return {
    ...describeTarget(world, nowMs),
    infra,
    name,
    quarantined: world.quarantined.filter((file) => file === workersRuleFile(name)),
  };
}

function describeTarget({ rules, alerts, suppressions, isPaused, last }: TargetWorld, nowMs: number) {
  return {
    ...readTerms(rules),
    target: rules.target.key,
    alerts: alerts.map((alert) => describeAlert(alert, suppressions, nowMs)),
    paused: isPaused,
    verdict: last === undefined ? null : verdictOf(last),
  };
}

function describeAlert(
  { labels, state, activeAtMs }: ObservedAlert,
  suppressions: Known<Suppressions>,
  nowMs: number,
): OverviewAlert {
  const suppressed =
    suppressions.kind === 'known' ? findSuppression(labels, suppressions.value, nowMs)?.by : undefined;
  return {
    name: labels['alertname'] ?? '',
    state,
    since: Number.isFinite(activeAtMs) ? new Date(activeAtMs).toISOString() : null,
    suppressed: suppressed ?? null,
    decides: scalingKindOf(labels) !== undefined,
  };
}

const verdictOf = ({ kind, reason, sentence = '', detail = '', time }: DecisionRecord): Verdict => ({
  kind,
  reason,
  sentence,
  detail,
  time,
});
