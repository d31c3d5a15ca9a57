/** What rulegen knows of the present, for `/-/ready`, the API and the gauges. Written by the pass alone. */
import type { JudgedService } from './core/judge-service.ts';
import type { RuleChange } from './core/plan-rule-changes.ts';
import type { Problem } from './core/problem.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { GaugeSource } from './metrics.ts';
import type { PolicyReading } from './ports.ts';
import type { RuleLoader } from './rule-loader.ts';

export type RulegenStatus = {
  services: readonly JudgedService[];
  /** What should be in the folder, last good files of quarantined services included. */
  files: readonly RuleFile[];
  changes: readonly RuleChange[];
  /** Files that stay as they were, or away, because something is wrong. */
  quarantined: ReadonlySet<string>;
  /** What is wrong with files that belong to no service. */
  problems: readonly Problem[];
  policy: PolicyReading | undefined;
  dockerConnected: boolean;
  listedAtMs: number | undefined;
  /** Why the rules folder cannot be used; undefined when it can. */
  folderProblem: string | undefined;
  /** Who writes the rules folder, where it is another rulegen. */
  ledBy: string | undefined;
  /** Whether this one writes it: since its first pass, and unless another one does. */
  leads: boolean;
  lastSuccessMs: number | undefined;
  /** Why the last pass failed; undefined when it succeeded. */
  lastError: string | undefined;
};

export function createStatus(): RulegenStatus {
  return {
    services: [],
    files: [],
    changes: [],
    quarantined: new Set(),
    problems: [],
    policy: undefined,
    dockerConnected: false,
    listedAtMs: undefined,
    folderProblem: undefined,
    ledBy: undefined,
    leads: false,
    lastSuccessMs: undefined,
    lastError: undefined,
  };
}

/** @param loaders none in a dry run, which waits for no Prometheus. */
export function notReadyReasons(status: RulegenStatus, loaders: readonly RuleLoader[]): readonly string[] {
  const reasons: string[] = [];
  const because = status.lastError === undefined ? '' : `: ${status.lastError}`;
  if (status.listedAtMs === undefined) reasons.push(`the services of the Swarm are not listed yet${because}`);
  if (status.policy !== undefined && status.policy.policy === undefined)
    reasons.push('the policy file is wrong, and there is no last good one');
  if (status.folderProblem !== undefined) reasons.push(status.folderProblem);
  if (status.ledBy !== undefined)
    return [...reasons, `another rulegen writes the rules folder: ${status.ledBy}; this one waits`];
  for (const { url, state } of loaders)
    if (state.problem !== undefined) reasons.push(`Prometheus at ${url}: ${state.problem}`);
  return reasons;
}

/** What keeps nothing from working, and yet wants somebody's attention. */
export function readyWarnings(loaders: readonly RuleLoader[]): readonly string[] {
  return loaders.flatMap(({ url, state: { warnings, evaluation } }) => [
    ...warnings.map((warning) => `Prometheus at ${url}: ${warning}`),
    ...evaluation.failing.map(
      ({ file, alert, message }) => `Prometheus at ${url} cannot evaluate ${alert} of ${file}: ${message}`,
    ),
  ]);
}

export function gaugeSource(status: RulegenStatus, loaders: readonly RuleLoader[]): GaugeSource {
  return {
    services: () => status.services,
    quarantined: () => status.quarantined,
    problems: () => status.problems.length + (status.policy?.problems.length ?? 0),
    policyOk: () => (status.policy?.problems.length ?? 0) === 0,
    dockerConnected: () => status.dockerConnected,
    leading: () => status.ledBy === undefined,
    lastSuccessMs: () => status.lastSuccessMs,
    prometheus: () =>
      loaders.map(({ url, state }) => ({
        url,
        verified: state.problem === undefined,
        warnings: state.warnings.length,
        failingRules: state.evaluation.failing.length,
      })),
  };
}
