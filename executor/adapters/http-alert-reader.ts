import { parseObservedAlerts } from '../core/observed-alert.ts';
import { withoutLabels } from '../core/replica-labels.ts';
import type { AlertReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';

export function createHttpAlertReader(
  ask: PrometheusAsker,
  replicaLabels: readonly string[] = [],
): AlertReader {
  return {
    async list() {
      const alerts = await ask('/api/v1/alerts', parseObservedAlerts);
      return alerts.map((alert) => ({ ...alert, labels: withoutLabels(alert.labels, replicaLabels) }));
    },
  };
}
