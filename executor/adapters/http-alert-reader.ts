import { parseObservedAlerts } from '../core/observed-alert.ts';
import { withoutLabels } from '../core/replica-labels.ts';
import type { AlertReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';
import { createSharedCall } from './shared-call.ts';

export function createHttpAlertReader(
  ask: PrometheusAsker,
  replicaLabels: readonly string[] = [],
): AlertReader {
  return {
    list: createSharedCall(async () => {
      const alerts = await ask('/api/v1/alerts', parseObservedAlerts);
      return alerts.map((alert) => ({ ...alert, labels: withoutLabels(alert.labels, replicaLabels) }));
    }),
  };
}
