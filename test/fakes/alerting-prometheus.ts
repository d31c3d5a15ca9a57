/** A Prometheus as far as its alerts go: what fires is what a test says. */
import { type JsonServer, startJsonServer } from './json-server.ts';

export type FakeAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: 'pending' | 'firing';
  readonly value?: string;
  readonly activeAt?: string;
};

export type FakePoolRule = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

/** What Prometheus measures of a worker; without `busy` it is scraped, and its load not known yet. */
export type FakeWorkerSeries = {
  readonly pool: string;
  readonly node: string;
  readonly up?: 0 | 1;
  readonly busy?: number;
};

export type AlertingPrometheus = JsonServer & {
  /** The rules of pools, firing or not. */
  setRules(rules: readonly FakePoolRule[]): void;
  setWorkers(workers: readonly FakeWorkerSeries[]): void;
  /** Queries that were asked, each once. */
  queries(): readonly string[];
  /** Takes the place of all alerts that were there. */
  setAlerts(alerts: readonly FakeAlert[]): void;
  /** 503 to everything of the API, as while the write-ahead log is replayed. */
  setReady(ready: boolean): void;
};

export async function startAlertingPrometheus(): Promise<AlertingPrometheus> {
  let alerts: readonly FakeAlert[] = [];
  let rules: readonly FakePoolRule[] = [];
  let workers: readonly FakeWorkerSeries[] = [];
  let isReady = true;
  const asked = new Set<string>();
  const dataOf = (path: string, query: string): unknown => {
    switch (path) {
      case '/api/v1/alerts':
        return { alerts: alerts.map(complete) };
      case '/api/v1/rules':
        return { groups: [{ name: 'workers', rules: rules.map((rule) => ({ type: 'alerting', ...rule })) }] };
      case '/api/v1/query':
        asked.add(query);
        return { resultType: 'vector', result: workers.flatMap((worker) => sampleOf(worker, query)) };
      default:
        return undefined;
    }
  };
  const server = await startJsonServer((request, path) => {
    const query = new URL(request.url ?? '/', 'http://fake').searchParams.get('query') ?? '';
    const data = dataOf(path, query);
    if (data === undefined) return { status: 404, json: { status: 'error', error: 'not found' } };
    if (!isReady) return { status: 503, json: 'Service Unavailable' };
    return { status: 200, json: { status: 'success', data } };
  });
  return {
    ...server,
    setRules(next) {
      rules = next;
    },
    setWorkers(next) {
      workers = next;
    },
    queries: () => [...asked],
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

/** It tells the two queries apart by their metric, and knows nothing else of PromQL. */
function sampleOf({ pool, node, up = 1, busy }: FakeWorkerSeries, query: string): readonly unknown[] {
  const value = query.includes('up{') ? up : busy;
  return value === undefined ? [] : [{ metric: { pool, node }, value: [0, String(value)] }];
}
