import { parseObservedAlerts } from '../core/observed-alert.ts';
import type { AlertReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';
import { createSharedCall } from './shared-call.ts';

export function createHttpAlertReader(ask: PrometheusAsker): AlertReader {
  return { list: createSharedCall(() => ask('/api/v1/alerts', parseObservedAlerts)) };
}
