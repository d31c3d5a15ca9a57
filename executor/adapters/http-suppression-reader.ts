import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import { type HttpAccess, OPEN_ACCESS } from '../../internal/daemon/http-access.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import { withoutLabels } from '../core/replica-labels.ts';
import type { ListedAlert, Silence } from '../core/suppression.ts';
import type { SuppressionReader } from '../ports.ts';
import { createFirstHealthy } from './first-healthy.ts';

const TIMEOUT_MS = 3_000;

const texts = z.array(z.string()).nullish();
const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string(), silencedBy: texts, inhibitedBy: texts }),
  }),
);
const silencesSchema = z.array(
  z.object({
    id: z.string(),
    startsAt: z.string(),
    endsAt: z.string(),
    matchers: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        // Absent before Alertmanager 0.22.
        isEqual: z.boolean().default(true),
      }),
    ),
  }),
);

/**
 * The Alertmanagers of a cluster tell each other their silences: the first that answers speaks for all. Without an address
 * there is none, and nothing is ever suppressed.
 */
export function createHttpSuppressionReader(
  urls: readonly string[],
  replicaLabels: readonly string[] = [],
  access: HttpAccess = OPEN_ACCESS,
): SuppressionReader {
  if (urls.length === 0) return { read: async () => ({ listed: [], silences: [] }) };
  const firstHealthy = createFirstHealthy(urls);
  return {
    read: () =>
      firstHealthy(async (url) => {
        const [alerts, silences] = await Promise.all([
          get(`${url}/api/v2/alerts`, alertsSchema, access),
          get(`${url}/api/v2/silences`, silencesSchema, access),
        ]);
        return {
          listed: alerts.flatMap((alert) => toListed(alert, replicaLabels)),
          silences: silences.map(toSilence),
        };
      }),
  };
}

async function get<T>(url: string, schema: z.ZodType<T>, access: HttpAccess): Promise<T> {
  const parsed = schema.safeParse(await callJson({ url, timeoutMs: TIMEOUT_MS, access }));
  if (parsed.success) return parsed.data;
  throw new AppError('unavailable', `${url}: the answer is not Alertmanager's`);
}

function toListed(
  { labels, status }: z.infer<typeof alertsSchema>[number],
  replicaLabels: readonly string[],
): readonly ListedAlert[] {
  // An unprocessed alert has not been compared with silences yet.
  if (status.state === 'unprocessed') return [];
  const { silencedBy, inhibitedBy } = status;
  return [
    {
      labels: withoutLabels(labels, replicaLabels),
      silencedBy: silencedBy ?? [],
      inhibitedBy: inhibitedBy ?? [],
    },
  ];
}

function toSilence({ id, startsAt, endsAt, matchers }: z.infer<typeof silencesSchema>[number]): Silence {
  return { id, startsAtMs: Date.parse(startsAt), endsAtMs: Date.parse(endsAt), matchers };
}
