/** Which metric decides. A query that is set counts as chosen, unless a metric is named at a more particular place. */
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import type { Policy } from './policy.ts';
import type { Problem } from './problem.ts';
import { fillInService } from './query-text.ts';
import { outranks, type ResolvedSettings } from './resolve-settings.ts';
import type { ScalingMetric } from './rule-families.ts';

export type MetricChoice = {
  readonly metric: ScalingMetric;
  readonly query: { readonly text: string; readonly from: string } | undefined;
};

const BUILT_IN = ['cpu', 'memory', 'throttling'] as const;
const OWN_QUERY = 'query';

export function resolveMetric(
  service: string,
  { metric, query }: ResolvedSettings,
  policy: Policy,
): MetricChoice | { readonly problem: Problem } {
  const asQuery = (text: string, from: string): MetricChoice => ({
    metric: 'query',
    query: { text: fillInService(text, service), from },
  });
  const refuse = (message: string, cure: string) => ({
    problem: { severity: 'error' as const, where: metric.from, value: metric.value, message, cure },
  });

  if (query.value !== undefined) {
    const named = metric.origin !== 'built-in' && metric.value !== OWN_QUERY;
    if (!named || outranks(query.origin, metric.origin)) return asQuery(query.value, query.from);
    if (query.origin === metric.origin)
      return refuse(`names a metric although ${query.from} holds a query`, `remove one of the two`);
  }
  const builtIn = BUILT_IN.find((name) => name === metric.value);
  if (builtIn !== undefined) return { metric: builtIn, query: undefined };
  const shared = policy.queries.get(metric.value);
  if (shared !== undefined) return asQuery(shared, `queries.${metric.value}`);
  const known = [...BUILT_IN, ...policy.queries.keys()];
  return metric.value === OWN_QUERY
    ? refuse('wants a query, and there is none', 'set micado.query, or name a query of the policy file')
    : refuse(
        `must be one of ${known.join(', ')}${didYouMean(metric.value, known)}`,
        'name one of them, or add the query to queries: in the policy file',
      );
}
