/** One line per decision, when it changes: what became of each service, and what is wrong. */
import type { Logger } from '../internal/daemon/logger.ts';
import type { JudgedService } from './core/judge-service.ts';
import { describeProblem, isError, type Problem } from './core/problem.ts';

export function logVerdicts(
  before: readonly JudgedService[],
  now: readonly JudgedService[],
  logger: Logger,
): void {
  const old = new Map(before.map((judged) => [judged.service.name, judged]));
  for (const judged of now) {
    const { name } = judged.service;
    const last = old.get(name);
    if (last === judged) continue;
    const fields = verdictFields(judged);
    if (last !== undefined && JSON.stringify(verdictFields(last)) === JSON.stringify(fields)) continue;
    const bad = judged.problems.some(isError);
    logger[bad ? 'warn' : 'info']('service judged', { service: name, ...fields });
  }
  const present = new Set(now.map(({ service }) => service.name));
  for (const { service } of before)
    if (!present.has(service.name)) logger.info('service gone', { service: service.name });
}

export function logProblems(
  message: string,
  before: readonly Problem[],
  now: readonly Problem[],
  logger: Logger,
): void {
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  if (now.length > 0) logger.warn(message, { problems: now.map(describeProblem) });
  else if (before.length > 0) logger.info(message, { problems: [] });
}

function verdictFields({ verdict, alerts, problems }: JudgedService) {
  const because = 'detail' in verdict ? { detail: verdict.detail } : {};
  return {
    verdict: verdict.kind,
    ...because,
    ...(alerts.kind === 'none' ? {} : { alerts: alerts.kind }),
    ...(problems.length > 0 ? { problems: problems.map(describeProblem) } : {}),
  };
}
