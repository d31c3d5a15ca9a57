/** Whether a service is scaled, and by which plan. Doubt ends in quarantine with all problems named, never in a guess. */
import { STACK_PART_LABEL } from '../../internal/contract/labels.ts';
import type { Policy } from './policy.ts';
import { isError, type Problem } from './problem.ts';
import { resolveMetric } from './resolve-metric.ts';
import type { Layer, ResolvedSettings } from './resolve-settings.ts';
import { planScaling, type ScalingPlan } from './scaling-plan.ts';
import type { WindowAt } from './schedule.ts';
import { type Bounds, resolveSchedules, scheduleBounds } from './scheduled-bounds.ts';
import type { ServiceFacts } from './service-facts.ts';
import { settingConflicts } from './setting-conflicts.ts';
import { settingWarnings } from './setting-warnings.ts';

export type NotScaledReason =
  | 'stack_part'
  | 'global'
  | 'job'
  | 'opted_out'
  | 'policy_default'
  | 'volume'
  | 'no_memory_limit';

export type Verdict =
  | { readonly kind: 'scaled'; readonly plan: ScalingPlan }
  | { readonly kind: 'not_scaled'; readonly reason: NotScaledReason; readonly detail: string }
  /** Something is wrong: the last good file stays, or none. */
  | { readonly kind: 'quarantined' }
  /** Its query could not be checked yet: what there is stays. */
  | { readonly kind: 'waiting'; readonly detail: string };

export type JudgedScaling = {
  readonly verdict: Verdict;
  readonly problems: readonly Problem[];
  /** Those that hold now; absent where the service is not scaled anyway. */
  readonly bounds?: Bounds;
  /** When a schedule changes them next, if it does within a day. */
  readonly nextEdgeMs: number | undefined;
};

export type ScalingInputs = {
  readonly service: ServiceFacts;
  readonly settings: ResolvedSettings;
  readonly layers: readonly Layer[];
  readonly policy: Policy;
  readonly wrongLabels: readonly Problem[];
  readonly windowAt: WindowAt;
};

export function judgeScaling(inputs: ScalingInputs): JudgedScaling {
  const { service, settings, layers, policy, wrongLabels, windowAt } = inputs;
  const refusal = unscalable(service) ?? switchedOff(service, settings);
  if (refusal !== undefined)
    return {
      verdict: { kind: 'not_scaled', ...refusal },
      problems: wrongLabels,
      nextEdgeMs: undefined,
    };
  const choice = resolveMetric(service.name, settings, policy);
  const schedules = resolveSchedules(layers);
  const { bounds, problems: wrongSchedules, nextEdgeMs } = scheduleBounds(settings, schedules, windowAt);
  const judged = (verdict: Verdict, problems: readonly Problem[]): JudgedScaling => ({
    verdict,
    problems: [...wrongLabels, ...wrongSchedules, ...problems],
    bounds,
    nextEdgeMs,
  });
  if ('problem' in choice) return judged({ kind: 'quarantined' }, [choice.problem]);
  const problems = [
    ...settingConflicts(service, settings, schedules, choice),
    ...settingWarnings(service, settings, choice),
  ];
  if ([...wrongLabels, ...wrongSchedules, ...problems].some(isError))
    return judged({ kind: 'quarantined' }, problems);
  if (choice.metric === 'memory' && service.memoryLimitBytes === undefined)
    return judged(NO_MEMORY_LIMIT, problems);
  return judged({ kind: 'scaled', plan: planScaling(service, settings, choice, bounds) }, problems);
}

const NO_MEMORY_LIMIT: Verdict = {
  kind: 'not_scaled',
  reason: 'no_memory_limit',
  detail: 'memory is measured against a limit, and it has none: docker service update --limit-memory …',
};

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
