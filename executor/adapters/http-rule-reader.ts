import { z } from 'zod';
import type { ScalingRule } from '../core/overview/scaling-rule.ts';
import type { RuleReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';

const texts = z.record(z.string(), z.string()).nullish();
const rule = z.object({ query: z.string().default(''), labels: texts, annotations: texts });
const schema = z.object({
  status: z.literal('success'),
  data: z.object({ groups: z.array(z.object({ rules: z.array(rule).nullish() })) }),
});

export function createHttpRuleReader(ask: PrometheusAsker): RuleReader {
  return { list: () => ask('/api/v1/rules?type=alert', parseRules) };
}

function parseRules(json: unknown): readonly ScalingRule[] | undefined {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.data.groups
    .flatMap(({ rules }) => rules ?? [])
    .map(({ query, labels, annotations }) => ({
      expression: query,
      labels: labels ?? {},
      annotations: annotations ?? {},
    }));
}
