/** From what was read of the world to the files that should be there. The daemon and the commands plan alike. */
import { queriesToCheck } from './core/check-queries.ts';
import { type JudgedService, judgeService } from './core/judge-service.ts';
import { planRuleFiles, type RuleInputs, type RulePlan } from './core/plan-rule-files.ts';
import type { Policy } from './core/policy.ts';
import type { WindowAt } from './core/schedule.ts';
import type { ServiceFacts } from './core/service-facts.ts';
import type { ScheduleCalendar } from './ports.ts';
import type { QueryChecker } from './query-checker.ts';

/** What stays the same from plan to plan. */
export type PlanParts = Pick<RuleInputs, 'render' | 'scrapeIntervalMs' | 'version'> & {
  readonly queries: QueryChecker;
  readonly calendar: ScheduleCalendar;
};

export type PlanWorld = {
  readonly services: readonly ServiceFacts[];
  readonly policy: Policy;
  readonly nowMs: number;
};

export type PlanMaker = (world: PlanWorld, refused: RuleInputs['refused']) => Promise<RulePlan>;

/** Of a thousand services mostly one is new: what is made of the others is remembered. */
export function createPlanMaker({ queries, calendar, ...constant }: PlanParts): PlanMaker {
  let judgements: ReadonlyMap<ServiceFacts, Judgement> = new Map();
  let last: RulePlan | undefined;
  return async ({ services, policy, nowMs }, refused) => {
    const windowAt: WindowAt = (timing) => calendar.windowAt(timing, nowMs);
    const now = services
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((service) => {
        const before = judgements.get(service);
        return before?.policy === policy && !before.askedTheTime ? before : judge(service, policy, windowAt);
      });
    judgements = new Map(now.map((judgement) => [judgement.judged.service, judgement]));
    const judged = now.map((judgement) => judgement.judged);
    last = planRuleFiles({
      ...constant,
      services: judged,
      workers: policy.workers,
      queries: await queries.check(queriesToCheck(judged)),
      refused,
      known: new Map((last?.files ?? []).map((file) => [file.name, file])),
      ...(last === undefined ? {} : { made: last.made }),
    });
    return last;
  };
}

type Judgement = {
  readonly judged: JudgedService;
  readonly policy: Policy;
  /** A schedule makes it another one at another time. */
  readonly askedTheTime: boolean;
};

function judge(service: ServiceFacts, policy: Policy, windowAt: WindowAt): Judgement {
  let askedTheTime = false;
  const judged = judgeService(service, policy, (timing) => {
    askedTheTime = true;
    return windowAt(timing);
  });
  return { judged, policy, askedTheTime };
}
