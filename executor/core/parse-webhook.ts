/** Alertmanager's webhook, version 4. Only the labels matter: the message wakes, Prometheus testifies. */
import { z } from 'zod';
import type { Labels } from './target.ts';

export type WebhookAlert = { readonly status: 'firing' | 'resolved'; readonly labels: Labels };

export type ParsedWebhook =
  | { readonly ok: true; readonly alerts: readonly WebhookAlert[]; readonly truncatedAlerts: number }
  | { readonly ok: false; readonly problem: string };

// Unknown further fields are accepted: newer versions of Alertmanager add some.
const schema = z.object({
  version: z.literal('4'),
  truncatedAlerts: z.number().int().nonnegative().default(0),
  alerts: z.array(
    z.object({ status: z.enum(['firing', 'resolved']), labels: z.record(z.string(), z.string()) }),
  ),
});

export function parseWebhook(body: unknown): ParsedWebhook {
  if (isEmpty(body)) return { ok: false, problem: 'the body is empty' };
  const parsed = schema.safeParse(body);
  if (parsed.success) {
    const { alerts, truncatedAlerts } = parsed.data;
    return { ok: true, alerts, truncatedAlerts };
  }
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return { ok: false, problem: `not an Alertmanager webhook of version 4: ${where}${issue?.message ?? ''}` };
}

function isEmpty(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
}
