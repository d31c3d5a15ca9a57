/**
 * Whether and how a service is scaled: the verdict that every other part follows. Doubt ends in quarantine with all
 * problems named, never in a guess.
 */
import { STACK_PART_LABEL } from '../../internal/contract/labels.ts';
import type { Policy } from './policy.ts';
import type { Problem } from './problem.ts';
import { readServiceLabels } from './read-service-labels.ts';
import { type MetricChoice, resolveMetric } from './resolve-metric.ts';
import { type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import type { ScalingMetric } from './rule-families.ts';
import type { ServiceFacts } from './service-facts.ts';
import { settingConflicts } from './setting-conflicts.ts';

export type NotScaledReason =
  | 'stack_part'
  | 'global'
  | 'job'
  | 'opted_out'
  | 'policy_default'
  | 'volume'
  | 'no_memory_limit';

export type DirectionPlan = {
  readonly threshold: number;
  readonly forMs: number;
  readonly step: string;
  readonly cooldownMs: number;
};

/** All that a service's rules depend on. */
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

export type Verdict =
  | { readonly kind: 'scaled'; readonly plan: ScalingPlan }
  | { readonly kind: 'not_scaled'; readonly reason: NotScaledReason; readonly detail: string }
  /** Something is wrong: the last good file stays, or none. */
  | { readonly kind: 'quarantined' }
  /** Its query could not be checked yet: what there is stays. */
  | { readonly kind: 'waiting'; readonly detail: string };

export type JudgedService = {
  readonly service: ServiceFacts;
  readonly settings: ResolvedSettings;
  readonly verdict: Verdict;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
};

export function judgeService(service: ServiceFacts, policy: Policy): JudgedService {
  const { given, problems: wrongLabels, notes } = readServiceLabels(service.labels);
  const settings = resolveSettings(service.name, given, policy);
  const judged = (verdict: Verdict, problems = wrongLabels): JudgedService => ({
    service,
    settings,
    verdict,
    problems,
    notes,
  });
  const refusal = unscalable(service) ?? switchedOff(service, settings);
  if (refusal !== undefined) return judged({ kind: 'not_scaled', ...refusal });
  const choice = resolveMetric(service.name, settings, policy);
  if ('problem' in choice) return judged({ kind: 'quarantined' }, [...wrongLabels, choice.problem]);
  const problems = [...wrongLabels, ...settingConflicts(service, settings, choice)];
  if (problems.length > 0) return judged({ kind: 'quarantined' }, problems);
  if (choice.metric === 'memory' && service.memoryLimitBytes === undefined)
    return judged({
      kind: 'not_scaled',
      reason: 'no_memory_limit',
      detail: 'memory is measured against a limit, and it has none: docker service update --limit-memory …',
    });
  return judged({ kind: 'scaled', plan: planScaling(service, settings, choice) });
}

type Refusal = { readonly reason: NotScaledReason; readonly detail: string };

/** What cannot or must not scale, whatever anybody writes. */
function unscalable({ labels, mode }: ServiceFacts): Refusal | undefined {
  const part = labels[STACK_PART_LABEL];
  if (part !== undefined)
    return { reason: 'stack_part', detail: `a part of the autoscaler itself (${part})` };
  switch (mode) {
    case 'global':
      return { reason: 'global', detail: 'a global service runs once on every node' };
    case 'replicated-job':
    case 'global-job':
      return { reason: 'job', detail: 'a job ends by itself' };
    case 'replicated':
      return undefined;
  }
}

function switchedOff({ mountsVolume }: ServiceFacts, { scale }: ResolvedSettings): Refusal | undefined {
  const ofThisService = scale.origin === 'label' || scale.origin === 'services';
  if (!scale.value)
    return ofThisService
      ? { reason: 'opted_out', detail: `${scale.from} is false` }
      : {
          reason: 'policy_default',
          detail: `${scale.from} is false; micado.scale=true turns this service on`,
        };
  return mountsVolume && !ofThisService
    ? { reason: 'volume', detail: 'it mounts a volume, so it may hold state; micado.scale=true turns it on' }
    : undefined;
}

function planScaling(service: ServiceFacts, settings: ResolvedSettings, choice: MetricChoice): ScalingPlan {
  const { metric, query } = choice;
  return {
    metric,
    query,
    limit: limitOf(service, metric) ?? 1,
    min: settings.min.value,
    max: settings.max.value,
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
