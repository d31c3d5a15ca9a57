/** `micado-rulegen check`: only what is wrong. */
import type { FlagValues } from '../../internal/daemon/flags.ts';
import type { Surroundings } from '../../internal/daemon/program.ts';
import type { checkFlags } from './config.ts';
import { planOnce } from './plan-once.ts';
import { exitCodeOf, listFindings, showFinding } from './report-findings.ts';

export async function runCheck(
  config: FlagValues<typeof checkFlags>,
  around: Surroundings,
  dockerCertFolder: string | undefined,
): Promise<number> {
  const planned = await planOnce(config, { env: around.env, dockerCertFolder });
  const findings = listFindings(planned, config);
  for (const finding of findings) around.stdout(showFinding(finding));
  const { length } = planned.plan?.services ?? [];
  around.stderr(`${length} services, ${findings.length} findings\n`);
  return exitCodeOf(findings, config.strict);
}
