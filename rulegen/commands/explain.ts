/** `micado-rulegen explain <service>`: what becomes of it, and which label, line of the policy or default gave each value. */
import Table from 'cli-table3';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { FlagValues } from '../../internal/daemon/flags.ts';
import type { Surroundings } from '../../internal/daemon/program.ts';
import { describeService } from '../core/describe-service.ts';
import type { explainFlags } from './config.ts';
import { planOnce } from './plan-once.ts';
import { listFindings, showFinding } from './report-findings.ts';

/** Throws `AppError` not_found for a service that is not there. */
export async function runExplain(
  config: FlagValues<typeof explainFlags>,
  service: string,
  around: Surroundings,
  dockerCertFolder: string | undefined,
): Promise<number> {
  const planned = await planOnce(config, { env: around.env, dockerCertFolder });
  const services = planned.plan?.services ?? [];
  const judged = services.find((one) => one.service.name === service);
  if (judged === undefined) {
    for (const finding of listFindings(planned, config)) around.stderr(showFinding(finding));
    const names = services.map((one) => one.service.name);
    throw new AppError('not_found', `there is no service "${service}"${didYouMean(service, names)}`);
  }
  const described = describeService(judged);
  around.stdout(config.json ? `${JSON.stringify(described)}\n` : showService(described));
  return 0;
}

function showService(described: ReturnType<typeof describeService>): string {
  const { name, state, detail, metric, file, alerts, boundsChangeAt, problems, settings } = described;
  const head = [
    `${name}: ${state.replace('_', ' ')}${detail === null ? '' : `: ${detail}`}`,
    metric === null ? '' : `scaled by ${metric}; rules in ${file}`,
    alerts.names.length === 0 ? '' : `alerts of its own: ${alerts.names.join(', ')}; in ${alerts.file}`,
    boundsChangeAt === null ? '' : `a schedule changes its bounds at ${boundsChangeAt}`,
    ...problems.map(({ severity, where, message, cure }) => `${severity}: ${where}: ${message}; ${cure}`),
  ].filter((line) => line !== '');
  const table = new Table({ head: ['setting', 'value', 'given by'], style: { head: [], border: [] } });
  for (const [label, { value, from }] of Object.entries(settings))
    table.push([label, value === null ? '–' : String(value), from]);
  return `${head.join('\n')}\n${table.toString()}\n`;
}
