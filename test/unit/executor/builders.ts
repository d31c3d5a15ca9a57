/** Builders with defaults: a test names only what it is about. */

import type { ObservedAlert } from '../../../executor/core/observed-alert.ts';
import { stateLabels } from '../../../executor/core/replica-history.ts';
import { readScalingAlert, type ScalingAlert } from '../../../executor/core/scaling-alert.ts';
import type { ServiceStatus } from '../../../executor/core/service-status.ts';
import type { Limits, World } from '../../../executor/core/world.ts';
import { ALERT_LABEL } from '../../../internal/contract/alerts.ts';

export const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
export const MINUTE_MS = 60_000;

export const LIMITS: Limits = {
  maxReplicas: 100,
  startingDeadlineMs: 2 * MINUTE_MS,
  allowedServices: [],
  dryRun: false,
};

type AlertOptions = Partial<Omit<ObservedAlert, 'labels' | 'annotations'>> & {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

export function anAlert(kind: string, options: AlertOptions = {}): ObservedAlert {
  const { labels = {}, annotations = {}, ...rest } = options;
  return {
    state: 'firing',
    value: kind === 'underloaded' ? 5 : 95,
    activeAtMs: NOW_MS - 10_000,
    ...rest,
    labels: {
      [ALERT_LABEL.alertname]: `web_${kind}`,
      [ALERT_LABEL.alert]: kind,
      [ALERT_LABEL.type]: 'docker',
      [ALERT_LABEL.application]: 'web',
      ...labels,
    },
    annotations,
  };
}

export function aScalingAlert(kind: string, options: AlertOptions = {}): ScalingAlert {
  const alert = readScalingAlert(anAlert(kind, options));
  if (alert === undefined) throw new Error(`${kind} is not a scaling alert`);
  return alert;
}

/** Runs as many tasks as it has replicas, and was last changed long ago, by nobody in particular. */
export function aService(options: Partial<ServiceStatus> = {}): ServiceStatus {
  const replicas = 'replicas' in options ? options.replicas : 2;
  return {
    id: 'service1',
    name: 'web',
    labels: {},
    mode: 'replicated',
    replicas,
    runningTasks: replicas ?? 0,
    tasksWithoutNode: 0,
    updateState: undefined,
    byNodes: undefined,
    createdAtMs: NOW_MS - 60 * MINUTE_MS,
    updatedAtMs: NOW_MS - 60 * MINUTE_MS,
    previous: undefined,
    ...options,
  };
}

/** What the service looks like after the executor changed it. */
export function scaled(
  service: ServiceStatus,
  replicas: number,
  atMs: number,
  direction: 'up' | 'down' = replicas > (service.replicas ?? 0) ? 'up' : 'down',
): ServiceStatus {
  return {
    ...service,
    replicas,
    runningTasks: replicas,
    labels: { ...service.labels, ...stateLabels(replicas, direction, atMs) },
    updatedAtMs: atMs,
    previous: { replicas: service.replicas, labels: service.labels },
  };
}

/** What it looks like after `docker service scale` by a person. */
export function scaledByHand(service: ServiceStatus, replicas: number, atMs: number): ServiceStatus {
  return { ...scaled(service, replicas, atMs), labels: service.labels };
}

type WorldOptions = Partial<Omit<World, 'alerts' | 'service'>> & {
  readonly alerts?: readonly ObservedAlert[];
  readonly service?: ServiceStatus | undefined;
};

export function aWorld(options: WorldOptions = {}): World {
  const { alerts = [], ...rest } = options;
  return {
    target: { kind: 'service', key: 'docker/web', name: 'web' },
    suppressions: { kind: 'known', value: { listed: [], silences: [] } },
    memory: undefined,
    pause: undefined,
    ...rest,
    alerts: { kind: 'known', value: alerts },
    service: { kind: 'known', value: 'service' in options ? options.service : aService() },
  };
}
