/**
 * The decision about one service, from all that is known about it at one moment. Pure and total: the same world gives the
 * same verdict, and every world gives exactly one, with its reason.
 *
 *   refused for good ─▶ reset by a deploy ─▶ testimony missing ─▶ not firing, silenced ─▶ service left alone ─▶ request ─▶ timing ─▶ scale
 *        reject           scale (kept)            hold                  hold                    hold            hold       hold
 */
import { SERVICE_LABEL, STACK_PART_LABEL, STATE_LABEL } from '../../internal/contract/labels.ts';
import { isAllowedService } from './allowed-services.ts';
import { type Decision, describeScale, type HoldDecision, hold, reject } from './decision.ts';
import { holdForTiming } from './hold-for-timing.ts';
import { keepReplicas } from './keep-replicas.ts';
import type { ObservedAlert } from './observed-alert.ts';
import { preempt } from './preempt.ts';
import { readReplicaHistory, stoppedByOperator } from './replica-history.ts';
import { type ReplicaRequest, requestReplicas } from './replica-request.ts';
import { readScalingAlert, type ScalingAlert } from './scaling-alert.ts';
import type { ServiceStatus } from './service-status.ts';
import { findSuppression } from './suppression.ts';
import type { Limits, World } from './world.ts';

export function decideScaling(world: World, limits: Limits, nowMs: number): Decision {
  const decision = decideAction(world, limits, nowMs);
  if (decision.kind !== 'scale') return decision;
  const would = `would scale ${describeScale(decision)} (${decision.reason})`;
  if (world.pause !== undefined) {
    const why = world.pause.reason === '' ? '' : `; paused: ${world.pause.reason}`;
    return { ...hold('paused', `${would}${why}`), would: decision };
  }
  return limits.dryRun ? { ...hold('dry_run', would), would: decision } : decision;
}

function decideAction(world: World, limits: Limits, nowMs: number): Decision {
  const { target, alerts } = world;
  if (!isAllowedService(target.name, limits.allowedServices))
    return reject('not_allowed', `${target.name} is not among ${limits.allowedServices.join(', ')}`);
  if (world.service.kind === 'away') return hold('docker_away', world.service.problem);
  const service = world.service.value;
  if (service === undefined) return reject('unknown_service', `there is no service ${target.name}`);
  const refused = refuseService(service);
  if (refused !== undefined) return refused;
  const kept = keepReplicas(world, service, limits);
  if (kept !== undefined) return holdService(service) ?? kept;
  if (alerts.kind === 'away') return hold('prometheus_away', alerts.problem);

  const firing = firingAlerts(alerts.value);
  if (firing.length === 0) return hold('not_firing', 'no scaling alert of the service fires');
  const ofService = firing.filter(({ serviceId }) => serviceId === undefined || serviceId === service.id);
  if (ofService.length === 0)
    return reject('service_recreated', `the alert is of ${firing[0]?.serviceId}, running is ${service.id}`);
  const movable = withoutShrinking(ofService, service);
  if (movable.length === 0)
    return hold('moving', `node ${service.labels[STATE_LABEL.moving]} is being emptied`);
  const heard = withoutSuppressed(movable, world.suppressions, nowMs);
  if (heard.kind === 'hold') return heard;
  return holdService(service) ?? decideReplicas(heard, service, world.memory, limits, nowMs);
}

export function firingAlerts(alerts: readonly ObservedAlert[]): readonly ScalingAlert[] {
  return alerts.flatMap((alert) => (alert.state === 'firing' ? (readScalingAlert(alert) ?? []) : []));
}

function refuseService({ mode, labels, name, replicas }: ServiceStatus): Decision | undefined {
  if (labels[STACK_PART_LABEL] !== undefined)
    return reject('stack_part', `${name} is the stack's ${labels[STACK_PART_LABEL]}`);
  if (mode !== 'replicated' || replicas === undefined)
    return reject('not_scalable', `${name} runs in mode ${mode}`);
  const scale = labels[SERVICE_LABEL.scale];
  // Anything but a clear yes is a no: a misspelt "false" must not be scaled.
  if (scale !== undefined && scale.trim().toLowerCase() !== 'true')
    return reject('opted_out', `${SERVICE_LABEL.scale}=${scale}`);
  return undefined;
}

/** The replica that a move has added is exempt from max, and only the move takes it back. */
function withoutShrinking(
  alerts: readonly ScalingAlert[],
  { labels }: ServiceStatus,
): readonly ScalingAlert[] {
  return labels[STATE_LABEL.moving] === undefined
    ? alerts
    : alerts.filter(({ kind }) => kind === 'overloaded');
}

type Heard = {
  readonly kind: 'heard';
  readonly alerts: readonly ScalingAlert[];
  readonly outdatedBecause: string | undefined;
};

function withoutSuppressed(
  alerts: readonly ScalingAlert[],
  suppressions: World['suppressions'],
  nowMs: number,
): Heard | HoldDecision {
  if (suppressions.kind === 'away') return hold('silences_unknown', suppressions.problem);
  const judged = alerts.map((alert) => ({
    alert,
    suppression: findSuppression(alert.labels, suppressions.value, nowMs),
  }));
  const heard = judged.flatMap(({ alert, suppression }) => (suppression === undefined ? [alert] : []));
  const first = judged.find(({ suppression }) => suppression !== undefined);
  if (heard.length > 0 || first?.suppression === undefined)
    return { kind: 'heard', alerts: heard, outdatedBecause: suppressions.value.outdatedBecause };
  const { by, ids } = first.suppression;
  return hold(by, `${first.alert.name} is ${by} by ${ids.join(', ')}`);
}

const BUSY_STATES: readonly (string | undefined)[] = [
  'updating',
  'paused',
  'rollback_started',
  'rollback_paused',
];

function holdService(service: ServiceStatus): Decision | undefined {
  if (stoppedByOperator(service))
    return hold('stopped_by_operator', 'the 0 replicas were not set by the executor');
  return BUSY_STATES.includes(service.updateState)
    ? hold('updating', `the update of the service is "${service.updateState}"`)
    : undefined;
}

function decideReplicas(
  { alerts, outdatedBecause }: Heard,
  service: ServiceStatus,
  memory: World['memory'],
  limits: Limits,
  nowMs: number,
): Decision {
  const from = service.replicas ?? 0;
  const ceilings = { maxReplicas: limits.maxReplicas, byNodes: service.byNodes };
  const asked = preempt(alerts.map((alert) => requestReplicas(alert, from, ceilings)));
  const request = asked && cutFirstWayToZero(asked, service, nowMs);
  if (request === undefined) return hold('not_firing', 'no alert is left');
  if (request.held !== undefined) return hold(request.held.reason, request.held.detail);
  const { alert, to, direction, clamps } = request;
  if (direction === 'down' && outdatedBecause !== undefined)
    return hold('silences_unknown', `nothing goes down without Alertmanager: ${outdatedBecause}`);
  return (
    holdForTiming(request, service, memory, limits, nowMs) ?? {
      kind: 'scale',
      from,
      to,
      direction,
      reason: alert.kind,
      clamps,
      alert: alert.name,
      alertActiveAtMs: alert.activeAtMs,
    }
  );
}

/** A service that the executor has never changed is not switched off in one go: what its query says has to prove itself. */
function cutFirstWayToZero(request: ReplicaRequest, service: ServiceStatus, nowMs: number): ReplicaRequest {
  const isNew = readReplicaHistory(service, nowMs).lastAction === undefined;
  if (request.held !== undefined || request.to > 0 || request.from <= 1 || !isNew) return request;
  return { ...request, to: 1, clamps: [...request.clamps, { wanted: 0, by: 'first_time' }] };
}
