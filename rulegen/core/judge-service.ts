/**
 * What is made of a service: the verdict that every other part follows. Scaling and alerts of the user's own are judged
 * apart, so that a slip in an alert stops no scaling.
 */
import { judgeScaling, type Verdict } from './judge-scaling.ts';
import type { Policy } from './policy.ts';
import type { Problem } from './problem.ts';
import { readServiceLabels } from './read-service-labels.ts';
import { type OwnAlert, resolveAlerts } from './resolve-alerts.ts';
import { layersOf, type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import type { WindowAt } from './schedule.ts';
import type { ServiceFacts } from './service-facts.ts';

/** What becomes of the alerts of its own, whether the service is scaled or not. */
export type AlertsVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'wanted'; readonly alerts: readonly OwnAlert[] }
  | { readonly kind: 'quarantined' }
  | { readonly kind: 'waiting'; readonly detail: string };

export type JudgedService = {
  readonly service: ServiceFacts;
  readonly settings: ResolvedSettings;
  readonly verdict: Verdict;
  readonly alerts: AlertsVerdict;
  readonly problems: readonly Problem[];
  /** When a schedule changes the bounds next, if it does within a day. */
  readonly nextEdgeMs: number | undefined;
};

export function judgeService(service: ServiceFacts, policy: Policy, windowAt: WindowAt): JudgedService {
  const { given, problems: wrongLabels, alertProblems } = readServiceLabels(service.labels);
  const layers = layersOf(service.name, given, policy);
  const settings = resolveSettings(layers);
  const own = resolveAlerts(service.name, layers);
  const wrongAlerts = [...alertProblems, ...own.problems];
  const scaling = judgeScaling({ service, settings, layers, policy, wrongLabels, windowAt });
  return {
    service,
    settings: { ...settings, ...scaling.bounds },
    verdict: scaling.verdict,
    alerts: judgeAlerts(own.alerts, wrongAlerts),
    problems: [...scaling.problems, ...wrongAlerts],
    nextEdgeMs: scaling.nextEdgeMs,
  };
}

function judgeAlerts(alerts: readonly OwnAlert[], problems: readonly Problem[]): AlertsVerdict {
  if (problems.length > 0) return { kind: 'quarantined' };
  return alerts.length === 0 ? { kind: 'none' } : { kind: 'wanted', alerts };
}
