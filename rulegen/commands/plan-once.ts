/** One plan without a daemon: services from a stack file or a Swarm, expressions checked by a Prometheus or by promtool. */
import { systemClock } from '../../internal/daemon/clock.ts';
import { createHttpAccess } from '../../internal/daemon/http-access.ts';
import { packageVersion } from '../../internal/daemon/program.ts';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../internal/docker/docker-host.ts';
import { createCronCalendar } from '../adapters/cron-calendar.ts';
import { createDockerSwarmLister } from '../adapters/docker-swarm-lister.ts';
import { createFsPolicySource } from '../adapters/fs-policy-source.ts';
import { createRuleTemplates, packageTemplatesFolder } from '../adapters/handlebars-rule-templates.ts';
import { createHttpPrometheus } from '../adapters/http-prometheus.ts';
import { findPromtool, type Promtool } from '../adapters/promtool.ts';
import { readStackFile, type StackFile } from '../adapters/stack-file.ts';
import { givenByFlags } from '../config.ts';
import type { RulePlan } from '../core/plan-rule-files.ts';
import type { Problem } from '../core/problem.ts';
import type { ServiceFacts } from '../core/service-facts.ts';
import { createPlanMaker } from '../make-plan.ts';
import type { ExpressionParser } from '../ports.ts';
import { createQueryChecker } from '../query-checker.ts';
import type { SourceConfig } from './config.ts';

export type PlanSurroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the engine's certificates lie, when it is reached over TLS. */
  readonly dockerCertFolder: string | undefined;
};

export type PlanOnce = {
  /** Undefined where there is no policy that could be followed. */
  readonly plan: RulePlan | undefined;
  readonly policyProblems: readonly Problem[];
  /** Where the services were read from a file. */
  readonly stackFile: StackFile | undefined;
  readonly promtool: Promtool | undefined;
};

export async function planOnce(config: SourceConfig, around: PlanSurroundings): Promise<PlanOnce> {
  const stackFile =
    config['stack.file'] === ''
      ? undefined
      : await readStackFile({ path: config['stack.file'], stackName: config['stack.name'], env: around.env });
  const { policy, problems: policyProblems } = await createFsPolicySource(
    config['policy.file'],
    givenByFlags(config),
  ).read();
  const promtool = await findPromtool(config['promtool.path']);
  if (policy === undefined) return { plan: undefined, policyProblems, stackFile, promtool };
  const makePlan = createPlanMaker({
    render: createRuleTemplates(packageTemplatesFolder(), config['templates.dir']),
    queries: createQueryChecker(parsersOf(config, promtool)),
    calendar: createCronCalendar(),
    scrapeIntervalMs: config['scrape.interval'],
    version: packageVersion(),
  });
  const services = stackFile?.services ?? (await listFromSwarm(config, around));
  const plan = await makePlan({ services, policy, nowMs: systemClock.now() }, new Map());
  return { plan, policyProblems, stackFile, promtool };
}

/** Called by hand, a Prometheus that does not answer is a failure, and nothing to wait for. */
function parsersOf(config: SourceConfig, promtool: Promtool | undefined): readonly ExpressionParser[] {
  const access = createHttpAccess(config['prometheus.config.file'], () => {});
  const servers = config['prometheus.url'].map((url) => createHttpPrometheus(url, access));
  return servers.length > 0 ? servers : promtool === undefined ? [] : [promtool];
}

function listFromSwarm(
  config: SourceConfig,
  { dockerCertFolder }: PlanSurroundings,
): Promise<readonly ServiceFacts[]> {
  const host = parseDockerHost(config['docker.host'], dockerCertFolder);
  return createDockerSwarmLister(createDockerClient(host)).listServices();
}
