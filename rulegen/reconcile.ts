/**
 * One pass: read the world, plan, write what differs, make Prometheus run it. Events, timers and the policy file only ask
 * for a pass; it does the same every time.
 */
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { applyChanges, inFolder } from './apply-changes.ts';
import { planRuleChanges } from './core/plan-rule-changes.ts';
import type { RulePlan } from './core/plan-rule-files.ts';
import type { Policy } from './core/policy.ts';
import { describeProblem } from './core/problem.ts';
import type { EventBurst } from './event-burst.ts';
import { logProblems } from './log-changes.ts';
import type { PlanMaker } from './make-plan.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { PolicySource, RuleStore, SwarmLister } from './ports.ts';
import { recordPlan } from './record-plan.ts';
import type { RulePublisher } from './rule-publisher.ts';
import { type LeadOptions, takeLead } from './take-lead.ts';

export type ReconcilerOptions = LeadOptions & {
  readonly swarm: SwarmLister;
  readonly policy: PolicySource;
  readonly makePlan: PlanMaker;
  readonly store: RuleStore;
  readonly publisher: RulePublisher;
  readonly events: Pick<EventBurst, 'mark' | 'settle'>;
  readonly metrics: RulegenMetrics;
  readonly clock: Clock;
  readonly resyncIntervalMs: number;
  readonly dryRun: boolean;
};

export type PassResult = {
  readonly againAfterMs: number;
  /** What Prometheus runs, against before the pass; `not_yet` where the pass has left its end to the next one. */
  readonly rules: 'changed' | 'unchanged' | 'not_yet';
};

/** A query that could not be checked is tried again this soon, once a Prometheus answers. */
const WAITING_RETRY_MS = 250;
/** How soon one that waits for another rulegen to end looks again. */
const STANDBY_MS = 2_000;

export function createReconciler(options: ReconcilerOptions): () => Promise<PassResult> {
  const { status, store, dryRun, publisher, events, metrics, clock } = options;
  return async () => {
    const mark = events.mark();
    const plan = await readAndPlan(options);
    const startMs = clock.now();
    const leads = dryRun || (await takeLead(options));
    const stored = await inFolder(status, async () => {
      if (leads && !dryRun) await store.prepare();
      return await store.list();
    });
    const changes = planRuleChanges(stored, plan.files, plan.held);
    recordPlan(plan, changes, options);
    if (!leads) {
      status.folderProblem = undefined;
      return { againAfterMs: STANDBY_MS, rules: 'not_yet' };
    }
    const admitted = dryRun ? changes : await inFolder(status, () => publisher.admit(changes));
    await inFolder(status, () => applyChanges(admitted, options));
    status.folderProblem = undefined;
    metrics.passed('write', clock.now() - startMs);
    if (dryRun) return { againAfterMs: untilNextLook(plan, options), rules: 'unchanged' };
    const isReloadDue = admitted.some(({ kind }) => kind !== 'keep');
    if (isReloadDue && (await events.settle(mark))) return { againAfterMs: 0, rules: 'not_yet' };
    const published = await publisher.publish(plan, stored, changes);
    if (published === 'plan_again') return { againAfterMs: 0, rules: 'not_yet' };
    return { againAfterMs: untilNextLook(plan, options), rules: published };
  };
}

/** A schedule's edge comes first where it is nearer; what waits for a Prometheus is looked at again soon. */
function untilNextLook({ services }: RulePlan, { resyncIntervalMs, clock }: ReconcilerOptions): number {
  if (services.some(({ verdict, alerts }) => verdict.kind === 'waiting' || alerts.kind === 'waiting'))
    return WAITING_RETRY_MS;
  const edges = services.flatMap(({ nextEdgeMs }) => nextEdgeMs ?? []);
  return Math.max(0, Math.min(resyncIntervalMs, Math.min(...edges) - clock.now()));
}

async function readAndPlan(options: ReconcilerOptions): Promise<RulePlan> {
  const { status, clock, publisher, metrics } = options;
  const startMs = clock.now();
  const services = await options.swarm.listServices();
  const nowMs = clock.now();
  metrics.passed('list', nowMs - startMs);
  status.listedAtMs = nowMs;
  const policy = await readPolicy(options);
  const plan = await options.makePlan({ services, policy, nowMs }, publisher.refused);
  metrics.passed('plan', clock.now() - nowMs);
  return plan;
}

/** Without any good policy nothing is changed: its `defaults.scale: false` may be what protects a Swarm. */
async function readPolicy({ policy, status, logger }: ReconcilerOptions): Promise<Policy> {
  const reading = await policy.read();
  logProblems('policy file wrong', status.policy?.problems ?? [], reading.problems, logger);
  status.policy = reading;
  if (reading.policy !== undefined) return reading.policy;
  throw new AppError('invalid', `no policy to follow: ${reading.problems.map(describeProblem).join('; ')}`);
}
