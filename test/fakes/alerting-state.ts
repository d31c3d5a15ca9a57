/** What a Prometheus says of alerts, rules and workers, as its API words it; what is so, a test says. */

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
  readonly query?: string;
};

/** What Prometheus measures of a worker; without `busy` it is scraped, and its load not known yet. */
export type FakeWorkerSeries = {
  readonly pool: string;
  readonly node: string;
  readonly up?: 0 | 1;
  readonly busy?: number;
};

/** One of the stack's own binaries as Prometheus scrapes it; times in seconds since 1970. */
export type FakeScraped = {
  readonly job: string;
  readonly instance: string;
  readonly up: 0 | 1;
  readonly lastUp?: number;
  readonly lastDown?: number;
};

export type AlertingState = {
  /** All alerting rules, firing or not. */
  setRules(rules: readonly FakePoolRule[]): void;
  setWorkers(workers: readonly FakeWorkerSeries[]): void;
  setScraped(scraped: readonly FakeScraped[]): void;
  /** Takes the place of all alerts that were there. */
  setAlerts(alerts: readonly FakeAlert[]): void;
  /** What any expression gave in the past: seconds since 1970 with values. */
  setPast(samples: readonly (readonly [seconds: number, value: string])[]): void;
  /** Queries that were asked, each once. */
  queries(): readonly string[];
  /** What the API's answer to this path holds; undefined where there is no such path. */
  dataOf(path: string, query: string): unknown;
};

export function createAlertingState(): AlertingState {
  let alerts: readonly FakeAlert[] = [];
  let rules: readonly FakePoolRule[] = [];
  let workers: readonly FakeWorkerSeries[] = [];
  let scraped: readonly FakeScraped[] = [];
  let past: readonly (readonly [number, string])[] = [];
  const asked = new Set<string>();
  return {
    setRules(next) {
      rules = next;
    },
    setWorkers(next) {
      workers = next;
    },
    setScraped(next) {
      scraped = next;
    },
    setAlerts(next) {
      alerts = next;
    },
    setPast(next) {
      past = next;
    },
    queries: () => [...asked],
    dataOf(path, query) {
      switch (path) {
        case '/api/v1/alerts':
          return { alerts: alerts.map(complete) };
        case '/api/v1/rules':
          return {
            groups: [{ name: 'workers', rules: rules.map((rule) => ({ type: 'alerting', ...rule })) }],
          };
        case '/api/v1/query':
          asked.add(query);
          return {
            resultType: 'vector',
            result: query.includes('job=~')
              ? scraped.flatMap((one) => scrapedSampleOf(one, query))
              : workers.flatMap((worker) => sampleOf(worker, query)),
          };
        case '/api/v1/query_range':
          asked.add(query);
          return { resultType: 'matrix', result: past.length === 0 ? [] : [{ metric: {}, values: past }] };
        default:
          return undefined;
      }
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

/** A look back asks for the time at which it was last so. */
function scrapedSampleOf(
  { job, instance, up, lastUp, lastDown }: FakeScraped,
  query: string,
): readonly unknown[] {
  const value = query.includes('== 1') ? lastUp : query.includes('== 0') ? lastDown : up;
  return value === undefined ? [] : [{ metric: { job, instance }, value: [0, String(value)] }];
}
