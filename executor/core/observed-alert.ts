/** An alert as `GET /api/v1/alerts` of Prometheus shows it: the testimony that every act needs. */
import { z } from 'zod';
import type { Labels } from './target.ts';

export type ObservedAlert = {
  readonly state: 'pending' | 'firing';
  readonly labels: Labels;
  readonly annotations: Labels;
  /** When the expression became true; firing began `for` later. NaN where it cannot be read. */
  readonly activeAtMs: number;
  /** What the expression gave at the last evaluation; NaN where it is no number. */
  readonly value: number;
};

const texts = z.record(z.string(), z.string()).nullish();
const schema = z.object({
  status: z.literal('success'),
  data: z.object({
    alerts: z.array(
      z.object({
        state: z.string(),
        labels: texts,
        annotations: texts,
        activeAt: z.string().nullish(),
        value: z.string().nullish(),
      }),
    ),
  }),
});

/** Undefined where the answer is not Prometheus'. */
export function parseObservedAlerts(json: unknown): readonly ObservedAlert[] | undefined {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.data.alerts.flatMap((alert) => {
    if (alert.state !== 'firing' && alert.state !== 'pending') return [];
    return [
      {
        state: alert.state,
        labels: alert.labels ?? {},
        annotations: alert.annotations ?? {},
        activeAtMs: Date.parse(alert.activeAt ?? ''),
        value: parseSample(alert.value ?? ''),
      },
    ];
  });
}

function parseSample(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text.trim() === '' ? Number.NaN : Number(text);
}
