/** Everything that answers "why does it (not) scale?" about one service, in one object. */
import { type Decision, describeScale } from './decision.ts';
import { type DecisionRecord, describeInputs, recordDecision } from './decision-record.ts';
import { isKept } from './keep-replicas.ts';
import { type DecidingRules, readCooldownMs, readTerms } from './overview/scaling-rule.ts';
import { REASONS } from './reasons.ts';
import { cooldownStartMs, lastChangeAtMs, readReplicaHistory } from './replica-history.ts';
import { DEFAULT_BOUNDS, type Direction, readScalingAlert } from './scaling-alert.ts';
import type { ServiceStatus } from './service-status.ts';
import type { Limits, World } from './world.ts';

export type Explanation = Readonly<Record<string, unknown>>;

export type ExplainContext = {
  readonly lastDecisions: readonly DecisionRecord[];
  /** The target's rules as Prometheus runs them, which say its terms while no alert does. */
  readonly rules: DecidingRules;
  readonly limits: Limits;
  readonly nowMs: number;
};

export function explainTarget(
  world: World,
  decision: Decision,
  { lastDecisions, rules, limits, nowMs }: ExplainContext,
): Explanation {
  const { target, service, alerts } = world;
  const status = service.kind === 'known' ? service.value : undefined;
  const { inputs, ...now } = recordDecision(target.key, decision, describeInputs(world, nowMs), nowMs);
  return {
    target: target.key,
    now: {
      ...now,
      ...(decision.kind === 'scale' ? { summary: `would scale ${describeScale(decision)} now` } : {}),
    },
    to_act: REASONS[decision.reason].change,
    paused: world.pause ?? null,
    dry_run: limits.dryRun,
    service: status === undefined ? null : describeService(status),
    bounds: { ...describeBounds(world, rules), ceiling: limits.maxReplicas },
    alerts: inputs['alerts'],
    away: {
      ...(alerts.kind === 'away' ? { prometheus: alerts.problem } : {}),
      ...describeAlertmanager(world),
      ...(service.kind === 'away' ? { docker: service.problem } : {}),
    },
    cooldowns: status === undefined ? null : describeCooldowns(world, status, rules, nowMs),
    rollback: status === undefined ? null : describeRollback(status),
    last_decisions: lastDecisions,
  };
}

function describeAlertmanager({ suppressions }: World): Explanation {
  const problem = suppressions.kind === 'away' ? suppressions.problem : suppressions.value.outdatedBecause;
  return problem === undefined ? {} : { alertmanager: problem };
}

function describeService(status: ServiceStatus): Explanation {
  return {
    id: status.id,
    mode: status.mode,
    replicas: status.replicas ?? null,
    running: status.runningTasks,
    tasks_without_node: status.tasksWithoutNode,
    nodes_take: status.byNodes ?? null,
    keep: isKept(status.labels),
    update_state: status.updateState ?? null,
    updated_at: new Date(status.updatedAtMs).toISOString(),
  };
}

const scalingAlerts = ({ alerts }: World) =>
  (alerts.kind === 'known' ? alerts.value : []).flatMap((alert) => readScalingAlert(alert) ?? []);

/** Bounds travel in alerts; while none is there, its rules have them. Without either the executor knows only its own defaults. */
function describeBounds(world: World, rules: DecidingRules): Explanation {
  const [alert] = scalingAlerts(world);
  if (alert !== undefined) return { min: alert.min, max: alert.max, from: alert.name };
  const { min, max } = readTerms(rules);
  return min === null || max === null
    ? { ...DEFAULT_BOUNDS, from: 'built in; an alert brings those of the service' }
    : { min, max, from: 'its rules' };
}

function describeCooldowns(
  world: World,
  status: ServiceStatus,
  rules: DecidingRules,
  nowMs: number,
): Explanation {
  const history = readReplicaHistory(status, nowMs);
  const changedAtMs = lastChangeAtMs(history);
  const left = (direction: Direction, kind: 'overloaded' | 'underloaded') => {
    const alert = scalingAlerts(world).find((one) => one.kind === kind);
    const lengthMs = alert?.cooldownMs ?? readCooldownMs(rules, direction);
    const startMs = cooldownStartMs(status, world.memory, direction, nowMs);
    const leftMs = startMs === undefined ? 0 : Math.max(0, startMs + lengthMs - nowMs);
    return { length_s: lengthMs / 1000, left_s: Math.ceil(leftMs / 1000) };
  };
  return {
    up: left('up', 'overloaded'),
    down: left('down', 'underloaded'),
    last_change: changedAtMs === undefined ? null : new Date(changedAtMs).toISOString(),
    last_change_by:
      changedAtMs === undefined ? null : changedAtMs === history.outsideChangeAtMs ? 'others' : 'executor',
  };
}

/** An engine keeps only the spec before the last update, and every scale is an update. */
function describeRollback({ name, previous, replicas }: ServiceStatus): string {
  if (previous === undefined) return 'There is no earlier spec to roll back to.';
  return previous.replicas === replicas
    ? `docker service rollback ${name} would undo the last update, which changed no replicas.`
    : `docker service rollback ${name} would undo only the last scale, from ${replicas} back to ${previous.replicas}.`;
}
