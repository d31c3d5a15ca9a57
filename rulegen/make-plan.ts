/** From what was read of the world to the files that should be there. The daemon and the commands plan alike. */

import { queriesToCheck } from './core/check-queries.ts';
import { judgeService } from './core/judge-service.ts';
import { planRuleFiles, type RuleInputs, type RulePlan } from './core/plan-rule-files.ts';
import type { Policy } from './core/policy.ts';
import type { ServiceFacts } from './core/service-facts.ts';
import type { ScheduleCalendar } from './ports.ts';
import type { QueryChecker } from './query-checker.ts';

/** What stays the same from plan to plan. */
export type PlanMaker = Pick<RuleInputs, 'render' | 'scrapeIntervalMs' | 'version'> & {
  readonly queries: QueryChecker;
  readonly calendar: ScheduleCalendar;
};

export type PlanWorld = {
  readonly services: readonly ServiceFacts[];
  readonly policy: Policy;
  readonly nowMs: number;
};

export async function makePlan(
  { render, scrapeIntervalMs, version, queries, calendar }: PlanMaker,
  { services, policy, nowMs }: PlanWorld,
  before: Pick<RuleInputs, 'refused' | 'known'>,
): Promise<RulePlan> {
  const judged = services
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((service) => judgeService(service, policy, (timing) => calendar.windowAt(timing, nowMs)));
  return planRuleFiles({
    services: judged,
    workers: policy.workers,
    render,
    queries: await queries.check(queriesToCheck(judged)),
    ...before,
    scrapeIntervalMs,
    version,
  });
}
