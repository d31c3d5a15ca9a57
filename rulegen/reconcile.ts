/**
 * One pass: read the world, plan, write what differs, make Prometheus run it. Events, timers and the policy file only ask
 * for a pass; it does the same every time.
 */
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { applyChanges, inFolder } from './apply-changes.ts';
import { planRuleChanges, type RuleChange } from './core/plan-rule-changes.ts';
import type { RulePlan } from './core/plan-rule-files.ts';
import type { Policy } from './core/policy.ts';
import { describeProblem } from './core/problem.ts';
import { logProblems, logVerdicts } from './log-changes.ts';
import { makePlan, type PlanMaker } from './make-plan.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { FolderLead, PolicySource, RuleStore, SwarmLister } from './ports.ts';
import type { RulePublisher } from './rule-publisher.ts';
import type { RulegenStatus } from './status.ts';

export type ReconcilerOptions = PlanMaker & {
  readonly swarm: SwarmLister;
  readonly policy: PolicySource;
  readonly store: RuleStore;
  readonly lead: FolderLead;
  readonly publisher: RulePublisher;
  readonly status: RulegenStatus;
  readonly metrics: RulegenMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly resyncIntervalMs: number;
  readonly dryRun: boolean;
};

export type PassResult = {
  readonly againAfterMs: number;
  /** Whether Prometheus runs other rules than before the pass. */
  readonly rulesChanged: boolean;
};

/** A query that could not be checked is tried again this soon, once a Prometheus answers. */
const WAITING_RETRY_MS = 250;
/** How soon one that waits for another rulegen to end looks again. */
const STANDBY_MS = 2_000;

export function createReconciler(options: ReconcilerOptions): () => Promise<PassResult> {
  const { status, store, dryRun } = options;
  return async () => {
    const plan = await readAndPlan(options);
    const leads = dryRun || (await takeLead(options));
    const stored = await inFolder(status, async () => {
      if (leads && !dryRun) await store.prepare();
      return await store.list();
    });
    const changes = planRuleChanges(stored, plan.files, plan.held);
    record(plan, changes, options);
    if (!leads) return { againAfterMs: STANDBY_MS, rulesChanged: false };
    const admitted = dryRun ? changes : await inFolder(status, () => options.publisher.admit(changes));
    await inFolder(status, () => applyChanges(admitted, options));
    const published = dryRun ? 'unchanged' : await options.publisher.publish(plan, stored, changes);
    if (published === 'plan_again') return { againAfterMs: 0, rulesChanged: false };
    const waiting = plan.services.some(
      ({ verdict, alerts }) => verdict.kind === 'waiting' || alerts.kind === 'waiting',
    );
    return {
      againAfterMs: waiting ? WAITING_RETRY_MS : untilNextLook(plan, options),
      rulesChanged: published === 'changed',
    };
  };
}

/** Two that write one folder, of different versions or policies, would undo each other's work for ever. */
async function takeLead({ lead, status, logger }: ReconcilerOptions): Promise<boolean> {
  const held = await inFolder(status, () => lead.hold());
  const ledBy = held.kind === 'led_by' ? held.who : undefined;
  if (ledBy !== undefined && status.ledBy === undefined)
    logger.error('another rulegen writes the rules folder', { leader: ledBy });
  if (ledBy === undefined && status.ledBy !== undefined)
    logger.info('this rulegen writes the rules folder now', { before: status.ledBy });
  status.ledBy = ledBy;
  status.leads = ledBy === undefined;
  return status.leads;
}

/** A schedule's edge comes first where it is nearer. */
function untilNextLook({ services }: RulePlan, { resyncIntervalMs, clock }: ReconcilerOptions): number {
  const edges = services.flatMap(({ nextEdgeMs }) => nextEdgeMs ?? []);
  return Math.max(0, Math.min(resyncIntervalMs, Math.min(...edges) - clock.now()));
}

async function readAndPlan(options: ReconcilerOptions): Promise<RulePlan> {
  const { status, clock, publisher } = options;
  const services = await options.swarm.listServices();
  const nowMs = clock.now();
  status.listedAtMs = nowMs;
  const policy = await readPolicy(options);
  return await makePlan(
    options,
    { services, policy, nowMs },
    { refused: publisher.refused, known: new Map(status.files.map((file) => [file.name, file])) },
  );
}

/** Without any good policy nothing is changed: its `defaults.scale: false` may be what protects a Swarm. */
async function readPolicy({ policy, status, logger }: ReconcilerOptions): Promise<Policy> {
  const reading = await policy.read();
  logProblems('policy file wrong', status.policy?.problems ?? [], reading.problems, logger);
  status.policy = reading;
  if (reading.policy !== undefined) return reading.policy;
  throw new AppError('invalid', `no policy to follow: ${reading.problems.map(describeProblem).join('; ')}`);
}

function record(plan: RulePlan, changes: readonly RuleChange[], { status, logger }: ReconcilerOptions): void {
  const foreign = changes.filter((change) => change.kind === 'keep' && change.reason === 'foreign');
  const problems = [
    ...plan.problems,
    ...foreign.map(({ file }) => ({
      severity: 'error' as const,
      where: file,
      value: '',
      message: 'is there already, and was not written by rulegen',
      cure: 'move it away',
    })),
  ];
  logVerdicts(status.services, plan.services, logger);
  logProblems('rule files wrong', status.problems, problems, logger);
  status.services = plan.services;
  status.changes = changes;
  status.quarantined = plan.quarantined;
  status.files = plan.files;
  status.problems = problems;
}
