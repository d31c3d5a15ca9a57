/**
 * What a template gets to see. Labels of an alert never vary while its target lives, so thresholds, bounds and steps go into
 * expressions and annotations only: a changed threshold keeps the `for` timer running.
 */
import {
  ALERT_KIND,
  type AlertDirection,
  alertsRuleFile,
  CLUSTER_RULE_FILE,
  deciderAlertName,
  serviceRuleFile,
  WORKER_CLUSTER,
  workersRuleFile,
} from '../../internal/contract/alerts.ts';
import { SERVICE_NAME_SERIES_LABEL } from '../../internal/contract/metrics.ts';
import type { WorkerPool } from './policy.ts';
import type { OwnAlert } from './resolve-alerts.ts';
import type { ScalingMetric } from './rule-families.ts';
import { groupName } from './rule-file.ts';
import type { DirectionPlan, ScalingPlan } from './scaling-plan.ts';
import type { ServiceFacts } from './service-facts.ts';

export type DirectionView = DirectionPlan & {
  readonly alert: string;
  readonly kind: AlertDirection;
};

type TargetView = {
  readonly header: string;
  readonly group: string;
  /** What a rate looks back over, in milliseconds. */
  readonly windowMs: number;
  readonly min: number;
  readonly max: number;
  readonly up: DirectionView;
  readonly down: DirectionView;
};

export type ServiceView = TargetView & {
  readonly service: string;
  readonly serviceId: string;
  /** `{container_label_com_docker_swarm_service_name="web"}`: the series of the service's containers. */
  readonly tasks: string;
  /** `{service_name="web"}`: the manager's gauges of the service. */
  readonly swarm: string;
  readonly metric: ScalingMetric;
  readonly query: string;
  readonly limit: number;
  readonly strategy: string;
  readonly byTarget: boolean;
  readonly target: number;
};

export type PoolView = TargetView & {
  readonly pool: string;
  readonly infra: string;
  readonly cluster: string;
  /** `{pool="worker"}`, and the same for the whole machine of each node. */
  readonly nodes: string;
  readonly machines: string;
  /** The tasks that an empty worker of this pool could take, or of some pool, while the Swarm has no worker at all. */
  readonly pending: string;
};

export type OwnAlertsView = {
  readonly header: string;
  readonly group: string;
  readonly service: string;
  /** The `alert` label of all of them. */
  readonly kind: string;
  readonly alerts: readonly (Omit<OwnAlert, 'expr'> & { readonly expr: string })[];
};

export type ClusterView = { readonly header: string; readonly group: string };

export type Common = { readonly header: string; readonly windowMs: number };

/** @param query the user's expression as Prometheus printed it; empty for other metrics. */
export function serviceView(
  { id, name }: ServiceFacts,
  plan: ScalingPlan,
  query: string,
  { header, windowMs }: Common,
): ServiceView {
  const byTarget = plan.strategy === 'target';
  const aimed = (direction: DirectionPlan): DirectionPlan =>
    byTarget ? { ...direction, threshold: plan.target } : direction;
  return {
    header,
    windowMs,
    group: groupName(serviceRuleFile(name)),
    service: name,
    serviceId: id,
    tasks: `{${SERVICE_NAME_SERIES_LABEL}=${promqlString(name)}}`,
    swarm: `{service_name=${promqlString(name)}}`,
    metric: plan.metric,
    query,
    limit: plan.limit,
    min: plan.min,
    max: plan.max,
    strategy: plan.strategy,
    byTarget,
    target: plan.target,
    up: directionView(name, ALERT_KIND.overloaded, aimed(plan.up)),
    down: directionView(name, ALERT_KIND.underloaded, aimed(plan.down)),
  };
}

export function poolView(pool: WorkerPool, { header, windowMs }: Common): PoolView {
  return {
    header,
    windowMs,
    group: groupName(workersRuleFile(pool.name)),
    pool: pool.name,
    infra: pool.infra,
    cluster: WORKER_CLUSTER,
    nodes: `{pool=${promqlString(pool.name)}}`,
    machines: `{id="/",pool=${promqlString(pool.name)}}`,
    pending: `{reason="insufficient_resources",pool=~${promqlString(`|${pool.name}`)}}`,
    min: pool.min,
    max: pool.max,
    up: directionView(pool.name, ALERT_KIND.overloaded, pool.up),
    down: directionView(pool.name, ALERT_KIND.underloaded, pool.down),
  };
}

/** @param printed an expression as Prometheus printed it. */
export function ownAlertsView(
  service: string,
  alerts: readonly OwnAlert[],
  printed: (expr: string) => string,
  { header }: Common,
): OwnAlertsView {
  return {
    header,
    group: groupName(alertsRuleFile(service)),
    service,
    kind: ALERT_KIND.custom,
    alerts: alerts.map((alert) => ({ ...alert, expr: printed(alert.expr.text) })),
  };
}

export const clusterView = ({ header }: Common): ClusterView => ({
  header,
  group: groupName(CLUSTER_RULE_FILE),
});

function directionView(target: string, kind: AlertDirection, plan: DirectionPlan): DirectionView {
  return { ...plan, kind, alert: deciderAlertName(target, kind) };
}

/** PromQL takes the escapes of a Go string, of which a JSON string's are a part. */
export const promqlString = (text: string): string => JSON.stringify(text);
