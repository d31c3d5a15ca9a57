/** What `micado status` knows: one row per pool and per service, out of what rulegen and executor know of each. */
import {
  type ExplanationAnswer,
  poolOfTarget,
  type ShownDecision,
  type StatusAnswer,
  type TargetAnswer,
} from './executor-answers.ts';

/** A service as rulegen judges it. */
export type JudgedService = {
  readonly name: string;
  /** `scaled`, `not_scaled`, `quarantined`, `waiting`. */
  readonly state: string;
  /** Why it is not scaled; empty when it is. */
  readonly reason: string;
  readonly min: number;
  readonly max: number;
};

export type PoolRow = {
  readonly infra: string;
  readonly node: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly target: number | null;
  readonly actual: number | null;
  readonly ready: number | null;
  /** What is under way, or wrong with the provider; null when nothing. */
  readonly in_flight: string | null;
  readonly last_decision: ShownDecision | null;
};

export type ServiceRow = {
  readonly service: string;
  readonly state: string;
  readonly replicas: number | null;
  readonly running: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly last_decision: ShownDecision | null;
};

export type StackStatus = {
  /** Null where the stack has none that is known here. */
  readonly state_dir: string | null;
  readonly pools: readonly PoolRow[];
  readonly services: readonly ServiceRow[];
  /** What an operator has to know before reading the rest: pauses, a dry run, parts that are away. */
  readonly notices: readonly string[];
};

/** Undefined for a target that is no pool. */
export function poolRow(
  target: string,
  found: ExplanationAnswer | undefined,
  last: ShownDecision | null,
): PoolRow | undefined {
  const pool = poolOfTarget(target);
  if (pool === undefined) return undefined;
  const vms = found?.provider?.vms;
  const isWorker = ({ state, scraped, vm }: NonNullable<ExplanationAnswer['nodes']>[number]): boolean =>
    state === 'ready' && scraped && typeof vm === 'string';
  return {
    ...pool,
    min: found?.bounds?.min ?? null,
    max: found?.bounds?.max ?? null,
    target: found?.provider?.target ?? null,
    actual: vms?.length ?? null,
    ready: found?.nodes == null || vms === undefined ? null : found.nodes.filter(isWorker).length,
    in_flight: describeInFlight(found),
    last_decision: last,
  };
}

function describeInFlight(found: ExplanationAnswer | undefined): string | null {
  const { provider, drain } = found ?? {};
  const parts = [
    provider?.problem,
    provider?.waits_for,
    drain == null ? undefined : `${drain.node} leaves: ${drain.phase}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join('; ');
}

export function serviceRow(
  { name, state, reason, min, max }: JudgedService,
  found: ExplanationAnswer | undefined,
  last: ShownDecision | null,
): ServiceRow {
  return {
    service: name,
    state: reason === '' ? state : `${state}: ${reason}`,
    replicas: found?.service?.replicas ?? null,
    running: found?.service?.running ?? null,
    min: state === 'scaled' ? min : null,
    max: state === 'scaled' ? max : null,
    last_decision: last,
  };
}

export const lastDecisionOf = (targets: readonly TargetAnswer[], target: string): ShownDecision | null =>
  targets.find((one) => one.target === target)?.last_decision ?? null;

export function noticesOf({ dry_run: dryRun, paused, parts }: StatusAnswer): readonly string[] {
  const why = (reason: string): string => (reason === '' ? '' : ` (${reason})`);
  return [
    ...(dryRun ? ['the executor runs with --dry-run: it changes nothing'] : []),
    ...(paused.all == null ? [] : [`all actions are paused${why(paused.all.reason)}`]),
    ...Object.entries(paused.targets).map(([target, { reason }]) => `${target} is paused${why(reason)}`),
    ...Object.entries(parts).flatMap(([part, { state, problem }]) =>
      state === 'away' ? [`the executor does not reach ${part}: ${problem ?? 'no answer'}`] : [],
    ),
  ];
}
