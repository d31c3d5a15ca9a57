import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import type { ListedAlert, Silence } from '../core/suppression.ts';
import type { SuppressionReader } from '../ports.ts';
import { createSharedCall } from './shared-call.ts';

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

/** Without an address there is no Alertmanager, and nothing is ever suppressed. */
export function createHttpSuppressionReader(url: string): SuppressionReader {
  if (url === '') return { read: async () => ({ listed: [], silences: [] }) };
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const parsed = schema.safeParse(await callJson({ url: `${url}${path}`, timeoutMs: TIMEOUT_MS }));
    if (parsed.success) return parsed.data;
    throw new AppError('unavailable', `${url}${path}: the answer is not Alertmanager's`);
  };
  const read = createSharedCall(async () => {
    const [alerts, silences] = await Promise.all([
      get('/api/v2/alerts', alertsSchema),
      get('/api/v2/silences', silencesSchema),
    ]);
    return { listed: alerts.flatMap(toListed), silences: silences.map(toSilence) };
  });
  return { read };
}

function toListed({ labels, status }: z.infer<typeof alertsSchema>[number]): readonly ListedAlert[] {
  // An unprocessed alert has not been compared with silences yet.
  if (status.state === 'unprocessed') return [];
  return [{ labels, silencedBy: status.silencedBy ?? [], inhibitedBy: status.inhibitedBy ?? [] }];
}

function toSilence({ id, startsAt, endsAt, matchers }: z.infer<typeof silencesSchema>[number]): Silence {
  return { id, startsAtMs: Date.parse(startsAt), endsAtMs: Date.parse(endsAt), matchers };
}
