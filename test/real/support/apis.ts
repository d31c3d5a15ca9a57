/** What the stack says of itself, read through its public APIs. */
import { z } from 'zod';
import { callJson } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()),
        state: z.enum(['pending', 'firing']),
        activeAt: z.string(),
        value: z.string(),
      }),
    ),
  }),
});
export type PrometheusAlert = z.infer<typeof alertsAnswer>['data']['alerts'][number];

const rulesAnswer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        file: z.string(),
        rules: z.array(
          z.looseObject({
            name: z.string(),
            query: z.string(),
            duration: z.number().optional(),
            health: z.string(),
            lastError: z.string().optional(),
            annotations: z.record(z.string(), z.string()).optional(),
          }),
        ),
      }),
    ),
  }),
});
export type RuleGroup = z.infer<typeof rulesAnswer>['data']['groups'][number];

const decisionsAnswer = z.object({
  decisions: z.array(
    z.looseObject({
      time: z.string(),
      target: z.string(),
      kind: z.enum(['scale', 'step', 'hold', 'reject', 'outside']),
      reason: z.string(),
      from: z.number().optional(),
      to: z.number().optional(),
      direction: z.string().optional(),
    }),
  ),
});
export type JournalledDecision = z.infer<typeof decisionsAnswer>['decisions'][number];

const TIMEOUT_MS = 5_000;

export async function prometheusAlerts(prometheusUrl: string): Promise<readonly PrometheusAlert[]> {
  return alertsAnswer.parse(await callJson({ url: `${prometheusUrl}/api/v1/alerts`, timeoutMs: TIMEOUT_MS }))
    .data.alerts;
}

export async function ruleGroups(prometheusUrl: string): Promise<readonly RuleGroup[]> {
  return rulesAnswer.parse(await callJson({ url: `${prometheusUrl}/api/v1/rules`, timeoutMs: TIMEOUT_MS }))
    .data.groups;
}

export async function decisionsOf(
  executorUrl: string,
  target: string,
): Promise<readonly JournalledDecision[]> {
  const url = `${executorUrl}/api/v1/decisions?target=${encodeURIComponent(target)}&limit=1000`;
  return decisionsAnswer.parse(await callJson({ url, timeoutMs: TIMEOUT_MS })).decisions;
}

const alertmanagerAnswer = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    status: z.looseObject({ state: z.string(), silencedBy: z.array(z.string()) }),
  }),
);

export async function alertmanagerAlerts(alertmanagerUrl: string) {
  return alertmanagerAnswer.parse(
    await callJson({ url: `${alertmanagerUrl}/api/v2/alerts`, timeoutMs: TIMEOUT_MS }),
  );
}

/** Silences all alerts of a service for some minutes; the id ends it. */
export async function silenceService(alertmanagerUrl: string, service: string): Promise<string> {
  const answer = await callJson({
    url: `${alertmanagerUrl}/api/v2/silences`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'application', value: service, isRegex: false, isEqual: true }],
      startsAt: new Date(Date.now() - 1_000).toISOString(),
      endsAt: new Date(Date.now() + 600_000).toISOString(),
      createdBy: 'test',
      comment: 'test',
    }),
    timeoutMs: TIMEOUT_MS,
  });
  return z.object({ silenceID: z.string() }).parse(answer).silenceID;
}

const silenceAnswer = z.array(z.looseObject({ id: z.string(), status: z.object({ state: z.string() }) }));

/** The ids of those that hold now. */
export async function activeSilences(alertmanagerUrl: string): Promise<readonly string[]> {
  const silences = silenceAnswer.parse(
    await callJson({ url: `${alertmanagerUrl}/api/v2/silences`, timeoutMs: TIMEOUT_MS }),
  );
  return silences.filter(({ status }) => status.state === 'active').map(({ id }) => id);
}

const queryAnswer = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** Prometheus has scraped the series so many times within a minute, and so evaluated the rules on it. */
export async function untilScraped(prometheusUrl: string, series: string, times: number): Promise<void> {
  const query = encodeURIComponent(`count_over_time(${series}[1m]) >= ${times}`);
  const url = `${prometheusUrl}/api/v1/query?query=${query}`;
  await eventually(
    `${series} was scraped ${times} times`,
    async () => queryAnswer.parse(await callJson({ url, timeoutMs: TIMEOUT_MS })).data.result.length > 0,
    { withinMs: 40_000, everyMs: 100 },
  );
}
