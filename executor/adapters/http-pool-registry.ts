import { z } from 'zod';
import { ALERT_LABEL, ALERT_TYPE } from '../../internal/contract/alerts.ts';
import type { PoolRegistry, PoolRule } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';

const texts = z.record(z.string(), z.string()).nullish();
const schema = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ labels: texts, annotations: texts })).nullish() })),
  }),
});

/** The rules are the list of pools: a pool is known, and looked after, while nothing fires. */
export function createHttpPoolRegistry(ask: PrometheusAsker): PoolRegistry {
  return { list: () => ask('/api/v1/rules?type=alert', parsePoolRules) };
}

function parsePoolRules(json: unknown): readonly PoolRule[] | undefined {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.data.groups
    .flatMap(({ rules }) => rules ?? [])
    .map(({ labels, annotations }) => ({ labels: labels ?? {}, annotations: annotations ?? {} }))
    .filter(({ labels }) => labels[ALERT_LABEL.type] === ALERT_TYPE.worker);
}
