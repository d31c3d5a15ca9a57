/** Settings that are right each, and wrong together. */
import type { Problem } from './problem.ts';
import type { MetricChoice } from './resolve-metric.ts';
import type { ResolvedSetting, ResolvedSettings } from './resolve-settings.ts';
import type { Schedule } from './schedule.ts';
import type { ServiceFacts } from './service-facts.ts';

export function settingConflicts(
  service: ServiceFacts,
  settings: ResolvedSettings,
  schedules: readonly ResolvedSetting<Schedule>[],
  { metric }: MetricChoice,
): readonly Problem[] {
  const { min, max, scaleup, scaledown, strategy, target } = settings;
  const problems: Problem[] = [];
  const add = (setting: ResolvedSetting<unknown>, message: string, cure: string): void => {
    problems.push({ severity: 'error', where: setting.from, value: String(setting.value), message, cure });
  };

  if (min.value > max.value)
    add(
      min,
      `must not be above the maximum ${max.value} (${max.from})`,
      'lower micado.min or raise micado.max',
    );
  const scheduled = schedules.map((schedule) => ({ ...schedule, value: schedule.value.min }));
  const zero = [min, ...scheduled].filter(({ value }) => value === 0);
  for (const setting of metric === 'query' ? [] : zero)
    add(
      setting,
      `is allowed with a query only: at 0 replicas nothing measures ${metric}, so nothing would wake the service`,
      'set it to 1 or more, or scale by micado.query',
    );
  if (metric === 'throttling' && service.cpuLimitCores === undefined)
    add(
      settings.metric,
      'needs a CPU limit: a service without one is never throttled',
      'docker service update --limit-cpu …, or another micado.metric',
    );
  const byStep = strategy.value === 'step';
  if (byStep && scaleup.value <= scaledown.value)
    add(
      scaleup,
      `must be above the threshold for scaling down, ${scaledown.value} (${scaledown.from})`,
      'raise micado.scaleup or lower micado.scaledown',
    );
  const aim = byStep ? scaleup : target;
  if (aim.value > 100 && isBounded(service, metric))
    add(aim, `is never reached: ${metric} is a percentage that ends at 100`, 'choose a number below 100');
  return problems;
}

/** Whether the metric cannot exceed 100: everything but a query, and CPU without a limit (percent of one core). */
function isBounded(service: ServiceFacts, metric: MetricChoice['metric']): boolean {
  return (
    metric === 'memory' ||
    metric === 'throttling' ||
    (metric === 'cpu' && service.cpuLimitCores !== undefined)
  );
}
