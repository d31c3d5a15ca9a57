/** A Prometheus as far as its alerts go: what fires is what a test says. */
import { type JsonServer, startJsonServer } from './json-server.ts';

export type FakeAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: 'pending' | 'firing';
  readonly value?: string;
  readonly activeAt?: string;
};

export type AlertingPrometheus = JsonServer & {
  /** Takes the place of all alerts that were there. */
  setAlerts(alerts: readonly FakeAlert[]): void;
  /** 503 to everything of the API, as while the write-ahead log is replayed. */
  setReady(ready: boolean): void;
};

export async function startAlertingPrometheus(): Promise<AlertingPrometheus> {
  let alerts: readonly FakeAlert[] = [];
  let isReady = true;
  const server = await startJsonServer((_request, path) => {
    if (path !== '/api/v1/alerts') return { status: 404, json: { status: 'error', error: 'not found' } };
    if (!isReady) return { status: 503, json: 'Service Unavailable' };
    return { status: 200, json: { status: 'success', data: { alerts: alerts.map(complete) } } };
  });
  return {
    ...server,
    setAlerts(next) {
      alerts = next;
    },
    setReady(ready) {
      isReady = ready;
    },
  };
}

function complete({
  labels,
  annotations = {},
  state = 'firing',
  value = '1e+00',
  activeAt = '2026-01-01T00:00:00Z',
}: FakeAlert) {
  return { labels, annotations, state, activeAt, value };
}
