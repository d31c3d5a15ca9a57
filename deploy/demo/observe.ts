/** Looks at the demo's service through the engine, Prometheus and the executor: once, everything at the same time. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { ALERT_LABEL, deciderAlertName } from '../../internal/contract/alerts.ts';
import { formatDuration } from '../../internal/contract/duration.ts';
import { CONTAINER_METRIC, SERVICE_NAME_SERIES_LABEL } from '../../internal/contract/metrics.ts';
import { isAppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import { findSwarmService } from '../../internal/docker/swarm-service.ts';
import type { Observation, SeenAlert, SeenDecision } from './core/observation.ts';

export type ObserverOptions = {
  readonly docker: Docker;
  readonly prometheusUrl: string;
  readonly executorUrl: string;
  readonly service: string;
  readonly limitCores: number;
  /** As long as the rules' own window: three scrapes. */
  readonly windowMs: number;
  readonly clock: Clock;
};

const TIMEOUT_MS = 2_000;

export function createObserver(options: ObserverOptions): () => Promise<Observation> {
  const { docker, service, clock, limitCores, windowMs } = options;
  const sinceMs = clock.now();
  const series = `{${SERVICE_NAME_SERIES_LABEL}="${service}"}`;
  const live = `count(${CONTAINER_METRIC.lastSeen}${series})`;
  const used = `sum(rate(${CONTAINER_METRIC.cpuUsageSeconds}${series}[${formatDuration(windowMs)}]))`;
  return async () => {
    const [state, rules, scrapedTasks, utilisationPercent, alerts, decisions] = await Promise.all([
      known(async () => {
        const found = await findSwarmService(docker, service);
        return { desired: found?.replicas ?? 0, running: found?.runningTasks ?? 0 };
      }),
      known(() => readRules(options)),
      known(() => readNumber(options.prometheusUrl, live)),
      known(() => readNumber(options.prometheusUrl, `100 * ${used} / (${live} * ${limitCores})`)),
      known(() => readAlerts(options)),
      known(() => readDecisions(options, sinceMs)),
    ]);
    return { atMs: clock.now(), service: state, rules, scrapedTasks, utilisationPercent, alerts, decisions };
  };
}

/** Any part may be away for a moment, as in life: then it is unknown. */
async function known<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error, 'unavailable')) return undefined;
    throw error;
  }
}

const rulesAnswer = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string() })) })) }),
});

async function readRules({ prometheusUrl, service }: ObserverOptions): Promise<readonly string[]> {
  const ours = [deciderAlertName(service, 'overloaded'), deciderAlertName(service, 'underloaded')];
  const answer = rulesAnswer.parse(await get(`${prometheusUrl}/api/v1/rules?type=alert`));
  const names = answer.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  return names.filter((name) => ours.includes(name));
}

const vectorAnswer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Undefined where the expression has no result yet. */
async function readNumber(prometheusUrl: string, expression: string): Promise<number | undefined> {
  const url = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const [first] = vectorAnswer.parse(await get(url)).data.result;
  const value = Number(first?.value[1]);
  return Number.isFinite(value) ? value : undefined;
}

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        state: z.enum(['pending', 'firing', 'inactive']),
      }),
    ),
  }),
});

async function readAlerts({ prometheusUrl, service }: ObserverOptions): Promise<readonly SeenAlert[]> {
  const answer = alertsAnswer.parse(await get(`${prometheusUrl}/api/v1/alerts`));
  return answer.data.alerts.flatMap(({ labels, state }) =>
    labels[ALERT_LABEL.application] === service && state !== 'inactive'
      ? [{ name: labels[ALERT_LABEL.alertname] ?? '', state }]
      : [],
  );
}

const decisionsAnswer = z.object({
  decisions: z.array(
    z.object({
      time: z.string(),
      kind: z.string(),
      reason: z.string(),
      sentence: z.string().default(''),
      from: z.number().optional(),
      to: z.number().optional(),
      direction: z.enum(['up', 'down']).optional(),
    }),
  ),
});

/** Oldest first. */
async function readDecisions(
  { executorUrl, service }: ObserverOptions,
  sinceMs: number,
): Promise<readonly SeenDecision[]> {
  const query = new URLSearchParams({ target: `docker/${service}`, since: new Date(sinceMs).toISOString() });
  const answer = decisionsAnswer.parse(await get(`${executorUrl}/api/v1/decisions?${query.toString()}`));
  return answer.decisions
    .flatMap(({ time, kind, reason, sentence, from, to, direction }) => {
      const verdict = VERDICTS.find((one) => one === kind);
      if (verdict === undefined) return [];
      const isChange = from !== undefined && to !== undefined && direction !== undefined;
      const scale = isChange ? { from, to, direction } : undefined;
      return [{ atMs: Date.parse(time), kind: verdict, reason, sentence, scale }];
    })
    .toReversed();
}

/** What others did stands in the journal as well. */
const VERDICTS = ['scale', 'hold', 'reject'] as const;

const get = (url: string): Promise<unknown> => callJson({ url, timeoutMs: TIMEOUT_MS });
