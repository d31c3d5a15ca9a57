/** All that the deciding rules of a service depend on. */
import type { MetricChoice } from './resolve-metric.ts';
import type { ResolvedSettings } from './resolve-settings.ts';
import type { ScalingMetric } from './rule-families.ts';
import type { Bounds } from './scheduled-bounds.ts';
import type { ServiceFacts } from './service-facts.ts';

export type DirectionPlan = {
  readonly threshold: number;
  readonly forMs: number;
  readonly step: string;
  readonly cooldownMs: number;
};

export type ScalingPlan = {
  readonly metric: ScalingMetric;
  /** The user's expression with the name filled in, and where it stands; for metric `query` only. */
  readonly query: { readonly text: string; readonly from: string } | undefined;
  /** Cores or bytes of one task; 1 where the metric has no limit. */
  readonly limit: number;
  readonly min: number;
  readonly max: number;
  readonly strategy: 'step' | 'target';
  readonly target: number;
  readonly up: DirectionPlan;
  readonly down: DirectionPlan;
};

export function planScaling(
  service: ServiceFacts,
  settings: ResolvedSettings,
  { metric, query }: MetricChoice,
  { min, max }: Bounds,
): ScalingPlan {
  return {
    metric,
    query,
    limit: limitOf(service, metric) ?? 1,
    min: min.value,
    max: max.value,
    strategy: settings.strategy.value,
    target: settings.target.value,
    up: {
      threshold: settings.scaleup.value,
      forMs: settings.scaleupFor.value,
      step: settings.scaleupStep.value,
      cooldownMs: settings.scaleupCooldown.value,
    },
    down: {
      threshold: settings.scaledown.value,
      forMs: settings.scaledownFor.value,
      step: settings.scaledownStep.value,
      cooldownMs: settings.scaledownCooldown.value,
    },
  };
}

function limitOf(service: ServiceFacts, metric: ScalingMetric): number | undefined {
  if (metric === 'memory') return service.memoryLimitBytes;
  return metric === 'cpu' ? service.cpuLimitCores : undefined;
}
