/** The wiring of rulegen: adapters, the pass, what wakes it, and what it serves. */
import { systemClock } from '../internal/daemon/clock.ts';
import { createHttpAccess } from '../internal/daemon/http-access.ts';
import { openHttpListener } from '../internal/daemon/http-listener.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { packageVersion } from '../internal/daemon/program.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { type DockerHost, parseDockerHost } from '../internal/docker/docker-host.ts';
import { createEventStream } from '../internal/docker/event-stream.ts';
import { createCronCalendar } from './adapters/cron-calendar.ts';
import { createDockerSwarmLister } from './adapters/docker-swarm-lister.ts';
import { createFolderLead, RENEW_EVERY_MS } from './adapters/fs-folder-lead.ts';
import { createFsPolicySource, createPolicyWatcher } from './adapters/fs-policy-source.ts';
import { createFsRuleStore } from './adapters/fs-rule-store.ts';
import {
  createRuleTemplates,
  findTemplateProblems,
  packageTemplatesFolder,
} from './adapters/handlebars-rule-templates.ts';
import { createHttpPrometheus } from './adapters/http-prometheus.ts';
import { givenByFlags, type RulegenConfig } from './config.ts';
import { createConsulServices } from './consul-services.ts';
import { describeProblem } from './core/problem.ts';
import { createEvaluationWatch } from './evaluation-watch.ts';
import { createEventBurst, type EventBurst } from './event-burst.ts';
import { createRulegenHttp } from './http.ts';
import { createLeadKeeper } from './lead-keeper.ts';
import { createPlanMaker } from './make-plan.ts';
import { createRulegenMetrics } from './metrics.ts';
import { createPassQueue, type PassQueue } from './pass-queue.ts';
import { createQueryChecker } from './query-checker.ts';
import { createReconciler } from './reconcile.ts';
import { createRuleLoader } from './rule-loader.ts';
import { createRulePublisher } from './rule-publisher.ts';
import { readScrapeTargets } from './scrape-targets.ts';
import { createStatus, gaugeSource, notReadyReasons, type RulegenStatus, readyWarnings } from './status.ts';

export type Rulegen = { readonly actors: readonly Actor[]; readonly url: string };

/** Listens before it returns; everything else begins when the actors run. */
export async function createRulegen(
  config: RulegenConfig,
  logger: Logger,
  dockerCertFolder?: string,
): Promise<Rulegen> {
  const clock = systemClock;
  const host = parseDockerHost(config['docker.host'], dockerCertFolder);
  const swarm = createDockerSwarmLister(createDockerClient(host));
  const metrics = createRulegenMetrics();
  const status = createStatus();
  const store = createFsRuleStore(config['rules.dir']);
  const lead = createFolderLead(config['rules.dir'], clock);
  const dryRun = config['dry-run'];
  const verifyEveryMs = config['resync.interval'];
  const access = createHttpAccess(config['prometheus.config.file'], (problem) =>
    logger.error('credentials for prometheus not read again', { problem }),
  );
  const servers = config['prometheus.url'].map((url) => createHttpPrometheus(url, access));
  const evaluations = createEvaluationWatch({ loaders: () => loaders, clock, metrics, logger });
  const { loaded: onLoaded } = evaluations;
  const loaders = servers.map((server) =>
    createRuleLoader({ server, clock, metrics, logger, verifyEveryMs, onLoaded }),
  );
  metrics.watch(gaugeSource(status, loaders));

  const events = createEventBurst({ clock, quietMs: 100, atMostMs: 1_000, wake: () => passes.wake() });
  for (const problem of findTemplateProblems(config['templates.dir']))
    logger.warn('template wrong', { problem: describeProblem(problem) });
  const reconcile = createReconciler({
    swarm,
    store,
    lead,
    events,
    status,
    metrics,
    clock,
    logger,
    dryRun,
    policy: createFsPolicySource(config['policy.file'], givenByFlags(config)),
    makePlan: createPlanMaker({
      render: createRuleTemplates(packageTemplatesFolder(), config['templates.dir']),
      queries: createQueryChecker(servers),
      calendar: createCronCalendar(),
      scrapeIntervalMs: config['scrape.interval'],
      version: packageVersion(),
    }),
    publisher: createRulePublisher({
      loaders,
      store,
      status,
      logger,
      ownTemplates: config['templates.dir'] !== '',
    }),
    resyncIntervalMs: config['resync.interval'],
  });
  const scrapeTargets = () => readScrapeTargets(swarm, status, config['exporter.port']);
  const passes = createPassQueue({
    reconcile: () => reconcile().finally(() => consul.wake()),
    events,
    status,
    metrics,
    clock,
    logger,
  });
  const http = await openHttpListener({
    listenAddress: config['web.listen-address'],
    webConfigFile: config['web.config.file'],
    allowedHosts: config['web.allowed-host'],
    logger,
    handler: createRulegenHttp({
      registry: metrics.registry,
      status,
      loaders,
      logger,
      notReady: () => notReadyReasons(status, dryRun ? [] : loaders),
      warnings: () => readyWarnings(loaders),
      resync: () => passes.wake(),
      scrapeTargets,
    }),
  });
  passes.wake();
  const wakers = createWakers(config, host, { passes, events, status, logger });
  const keeper = createLeadKeeper(lead, clock, RENEW_EVERY_MS, () => status.leads);
  const { url } = http;
  const leads = () => status.leads;
  const consul = createConsulServices({ config, url, scrapeTargets, leads, clock, logger });
  if (consul.isUp !== undefined) metrics.watchConsul(consul.isUp);
  const loops = [passes.actor, evaluations.actor, keeper, ...wakers, ...consul.actors];
  return { url, actors: [http.actor, ...loops] };
}

type WakerParts = {
  readonly passes: PassQueue;
  readonly events: EventBurst;
  readonly status: RulegenStatus;
  readonly logger: Logger;
};

/** Docker's events and the policy file: both only ask for a pass. */
function createWakers(
  config: RulegenConfig,
  host: DockerHost,
  { passes, events, status, logger }: WakerParts,
): readonly Actor[] {
  const clock = systemClock;
  const stream = createEventStream({
    host,
    filters: { type: ['service', 'node'] },
    clock,
    logger,
    onConnect() {
      status.dockerConnected = true;
      passes.wake();
    },
    onDisconnect() {
      status.dockerConnected = false;
    },
    onEvent: () => events.poke(),
  });
  const policyFile = config['policy.file'];
  return policyFile === '' ? [stream] : [stream, createPolicyWatcher(policyFile, clock, () => events.poke())];
}
