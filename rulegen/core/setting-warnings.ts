/** Settings that make sound rules, and most likely not the ones that were wanted. */
import type { Problem } from './problem.ts';
import type { MetricChoice } from './resolve-metric.ts';
import type { ResolvedSettings } from './resolve-settings.ts';
import type { ServiceFacts } from './service-facts.ts';

export function settingWarnings(
  service: ServiceFacts,
  settings: ResolvedSettings,
  { metric }: MetricChoice,
): readonly Problem[] {
  const warnings: Problem[] = [];
  if (metric === 'cpu' && service.cpuLimitCores === undefined)
    warnings.push({
      severity: 'warning',
      where: 'CPU limit',
      value: '',
      message: 'is missing, so thresholds count in percent of one core',
      cure: 'docker service update --limit-cpu …',
    });
  const flapping = settings.strategy.value === 'step' ? firstStepUp(settings) : undefined;
  if (flapping !== undefined && flapping.after < settings.scaledown.value) {
    const { from, to, after } = flapping;
    const { scaleup, scaledown } = settings;
    warnings.push({
      severity: 'warning',
      where: scaledown.from,
      value: String(scaledown.value),
      message: `makes it go up and down in turn: a step from ${from} to ${to} replicas takes the value from ${scaleup.value} (${scaleup.from}) to ${after}, which is below it`,
      cure: `set it below ${after}, or choose the strategy target`,
    });
  }
  return warnings;
}

/** From the least replicas, where a step changes most: the value is shared by n, and then by n and the step. */
function firstStepUp({ min, max, scaleup, scaleupStep }: ResolvedSettings) {
  const from = Math.max(min.value, 1);
  const size = Number.parseInt(scaleupStep.value, 10);
  const step = scaleupStep.value.endsWith('%') ? Math.max(1, Math.ceil((from * size) / 100)) : size;
  const to = Math.min(from + step, max.value);
  return to <= from ? undefined : { from, to, after: Math.floor((scaleup.value * from * 10) / to) / 10 };
}
