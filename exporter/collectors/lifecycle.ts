import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import type { ContainerHealth } from '../core/container-info.ts';
import { type ContainerCollector, gauge, type Reading, type StatsTarget } from './collector.ts';

const created = gauge('container_creation_time_seconds', 'When the container was created, in Unix time.');
export const started = gauge(
  CONTAINER_METRIC.startTimeSeconds,
  'When the container was last started, in Unix time.',
);
export const lastSeen = gauge(
  CONTAINER_METRIC.lastSeen,
  'The time of this scrape; there for live containers only.',
);

const health = gauge(
  'container_health_state',
  '1 where the health check succeeds, 0 where it fails or has not been made, -1 where there is none.',
);
const HEALTH_VALUE: Readonly<Record<ContainerHealth, number>> = {
  healthy: 1,
  starting: 0,
  unhealthy: 0,
  none: -1,
};

export const lifecycleCollector: ContainerCollector = {
  name: 'lifecycle',
  families: [created, started, lastSeen, health],
  open: readLifecycle,
  openStats: readLifecycle,
};

function readLifecycle({ info, labels }: Pick<StatsTarget, 'info' | 'labels'>): Reading {
  return {
    read(out, nowSeconds) {
      const { createdSeconds, startedSeconds, health: state } = info();
      out.add(created, labels, createdSeconds);
      out.add(started, labels, startedSeconds);
      out.add(health, labels, HEALTH_VALUE[state]);
      out.add(lastSeen, labels, Math.floor(nowSeconds));
    },
  };
}
