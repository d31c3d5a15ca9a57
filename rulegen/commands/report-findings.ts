/** What is wrong, one line each, in the form that editors and CI systems know: `file:line: severity: what`. */
import { isError, type Problem } from '../core/problem.ts';
import type { SourceConfig } from './config.ts';
import type { PlanOnce } from './plan-once.ts';

export type Finding = {
  /** `stack.yml:12`, or `service web` where the Swarm was asked. */
  readonly place: string;
  readonly severity: Problem['severity'];
  readonly text: string;
};

export function listFindings(
  { plan, policyProblems, stackFile }: PlanOnce,
  config: SourceConfig,
): readonly Finding[] {
  const path = config['stack.file'];
  const ofFile = (stackFile?.problems ?? []).map(({ line, problem }) =>
    toFinding(`${path}:${line}`, problem),
  );
  const ofPolicy = policyProblems.map((problem) => toFinding(config['policy.file'], problem));
  const ofServices = (plan?.services ?? []).flatMap(({ service, problems, verdict, alerts }) => {
    const placeOf = (where: string): string =>
      stackFile === undefined ? 'swarm' : `${path}:${stackFile.lineOf(service.name, where)}`;
    const waiting = [verdict, alerts].flatMap((one) =>
      'detail' in one && one.kind === 'waiting' ? [one] : [],
    );
    return [
      ...problems.map((problem) => toFinding(placeOf(problem.where), problem, service.name)),
      ...waiting.map(({ detail }) => ({
        place: placeOf(''),
        severity: 'error' as const,
        text: `service ${service.name}: ${detail}; name one with --prometheus.url, or install promtool`,
      })),
    ];
  });
  const ofRules = (plan?.problems ?? []).map((problem) => toFinding(problem.where, problem));
  return [...ofFile, ...ofPolicy, ...ofServices, ...ofRules];
}

/** The exit code that the findings ask for. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 {
  return findings.some(({ severity }) => strict || severity === 'error') ? 1 : 0;
}

export const showFinding = ({ place, severity, text }: Finding): string => `${place}: ${severity}: ${text}\n`;

function toFinding(place: string, problem: Problem, service?: string): Finding {
  const { where, value, message, cure } = problem;
  const subject = service === undefined ? '' : `service ${service}: `;
  const shown = where === place ? '' : value === '' ? `${where}: ` : `${where} = "${value}": `;
  return {
    place,
    severity: isError(problem) ? 'error' : 'warning',
    text: `${subject}${shown}${message}; ${cure}`,
  };
}
