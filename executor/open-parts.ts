/** What the executor stands on: its adapters, with every answer of a part of the stack watched, and its own memory. */
import { Registry } from 'prom-client';
import type { Clock } from '../internal/daemon/clock.ts';
import { createHttpAccess } from '../internal/daemon/http-access.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { type DockerHost, parseDockerHost } from '../internal/docker/docker-host.ts';
import { openFsDecisionJournal } from './adapters/fs-decision-journal.ts';
import { createFsPauseStore } from './adapters/fs-pause-store.ts';
import { createHttpAlertReader } from './adapters/http-alert-reader.ts';
import { createHttpLoadReader } from './adapters/http-load-reader.ts';
import { createHttpRuleReader } from './adapters/http-rule-reader.ts';
import { createHttpSeriesReader } from './adapters/http-series-reader.ts';
import { createHttpSuppressionReader } from './adapters/http-suppression-reader.ts';
import { createMemoryJournal } from './adapters/memory-decision-journal.ts';
import { createMemoryPauseStore } from './adapters/memory-pause-store.ts';
import { createPrometheusAsker } from './adapters/prometheus-asker.ts';
import { createRememberedSuppressions } from './adapters/remembered-suppressions.ts';
import { createRulePoolRegistry } from './adapters/rule-pool-registry.ts';
import { createSharedCall } from './adapters/shared-call.ts';
import { createSwarmScalingTarget } from './adapters/swarm-scaling-target.ts';
import { createSwarmServiceLister } from './adapters/swarm-service-lister.ts';
import { createSwarmWorkers } from './adapters/swarm-workers.ts';
import type { ExecutorConfig } from './config.ts';
import { createExecutorMetrics, type ExecutorMetrics } from './metrics.ts';
import { openNodeProvider } from './open-node-provider.ts';
import type { OverviewReader } from './overview.ts';
import { createPartHealth, type PartHealth } from './part-health.ts';
import { createPauseSwitch, type PauseSwitch } from './pauses.ts';
import { createPoolMemory } from './pool-memory.ts';
import type { DecisionJournal, NodeProvider, ReplicaChange, ServiceReading } from './ports.ts';
import type { PoolReader } from './read-pool-world.ts';
import type { WorldReader } from './read-world.ts';
import { watchProvider } from './watch-provider.ts';

export type ExecutorSurroundings = {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Where the engine's certificates lie, when it is reached over TLS. */
  readonly dockerCertFolder?: string | undefined;
  /** In place of the one that the flags name. */
  readonly nodeProvider?: NodeProvider;
  /** Where the built status page lies; without it the API alone is served. */
  readonly pageFolder?: string;
};

/** Half of the time in which the process must be able to end. */
const DOCKER_TIMEOUT_MS = 5_000;

export type Parts = {
  readonly registry: Registry;
  readonly dockerHost: DockerHost;
  readonly metrics: ExecutorMetrics;
  readonly health: PartHealth;
  readonly journal: DecisionJournal;
  readonly pauses: PauseSwitch;
  readonly reader: WorldReader;
  readonly poolReader: PoolReader;
  readonly overviewReader: OverviewReader;
};

/** @param stopSignal Ends requests to the provider that may take longer than the process has left. */
export async function openParts(
  config: ExecutorConfig,
  around: ExecutorSurroundings,
  stopSignal: AbortSignal,
): Promise<Parts> {
  const { logger, clock } = around;
  const registry = new Registry();
  const metrics = createExecutorMetrics(registry);
  const health = createPartHealth({
    clock,
    onAnswer: metrics.apiAnswered,
    onChange(part, state) {
      if (state.state === 'away') logger.warn('part is away', { part, problem: state.problem });
      else logger.info('part answers', { part });
    },
  });
  const dockerHost = parseDockerHost(config['docker.host'], around.dockerCertFolder);
  const reader = openAdapters(config, logger, dockerHost, health);
  const provider = around.nodeProvider ?? openNodeProvider(config, clock, stopSignal);
  const pauses = await openPauses(config['journal.file'], clock);
  return {
    registry,
    dockerHost,
    metrics,
    health,
    pauses,
    journal: await openJournal(config['journal.file'], logger, metrics),
    reader: { ...reader, pauses },
    overviewReader: reader,
    poolReader: {
      ...reader,
      provider: watchProvider(provider, health, metrics),
      pauses,
      memory: createPoolMemory(),
    },
  };
}

/** That somebody else was faster, or that Docker refuses the change, says that it is well. */
const watchScale = ({ scale }: ServiceReading, change: ReplicaChange, health: PartHealth): Promise<void> =>
  health.watch('docker', () => scale(change), ['conflict', 'not_found', 'invalid']);

async function openJournal(
  path: string,
  logger: Logger,
  metrics: Pick<ExecutorMetrics, 'journalFailed'>,
): Promise<DecisionJournal> {
  if (path !== '') return await openFsDecisionJournal({ path, logger, onError: metrics.journalFailed });
  logger.warn('decisions are kept in memory only', { cure: 'set --journal.file' });
  return createMemoryJournal();
}

async function openPauses(journalFile: string, clock: Clock): Promise<PauseSwitch> {
  const store =
    journalFile === '' ? createMemoryPauseStore() : createFsPauseStore(`${journalFile}.pauses.json`);
  return await createPauseSwitch(store, clock);
}

function openAdapters(
  config: ExecutorConfig,
  logger: Logger,
  dockerHost: DockerHost,
  health: PartHealth,
): Omit<WorldReader, 'pauses'> & Omit<PoolReader, 'pauses' | 'provider' | 'memory'> & OverviewReader {
  const docker = createDockerClient(dockerHost, DOCKER_TIMEOUT_MS);
  const swarm = createSwarmScalingTarget(docker);
  const workers = createSwarmWorkers(docker);
  const replicaLabels = config['prometheus.replica-label'];
  const accessBy = (file: string) =>
    createHttpAccess(file, (problem) => logger.error('credentials not read again', { problem }));
  const ask = createPrometheusAsker(config['prometheus.url'], accessBy(config['prometheus.config.file']));
  const alerts = createHttpAlertReader(ask, replicaLabels);
  const load = createHttpLoadReader(ask);
  const ruleReader = createHttpRuleReader(ask);
  const series = createHttpSeriesReader(ask);
  const lister = createSwarmServiceLister(docker);
  const suppressions = createHttpSuppressionReader(
    config['alertmanager.url'],
    replicaLabels,
    accessBy(config['alertmanager.config.file']),
  );
  const rules = { list: createSharedCall(() => health.watch('prometheus', ruleReader.list)) };
  const watched = { read: () => health.watch('alertmanager', suppressions.read) };
  return {
    alerts: { list: createSharedCall(() => health.watch('prometheus', alerts.list)) },
    suppressions: { read: createSharedCall(createRememberedSuppressions(watched).read) },
    registry: createRulePoolRegistry(rules),
    rules,
    series: {
      scraped: () => health.watch('prometheus', series.scraped),
      // A long look back that fails alone does not say that Prometheus is away, nor does a strange expression.
      lastSeen: series.lastSeen,
      quarantined: () => health.watch('prometheus', series.quarantined),
      range: series.range,
    },
    lister: { list: () => health.watch('docker', lister.list) },
    load: { read: (pool) => health.watch('prometheus', () => load.read(pool)) },
    swarm: {
      read: () => health.watch('docker', workers.read),
      nodes: () => health.watch('docker', workers.nodes),
    },
    services: {
      listKept: () => health.watch('docker', swarm.listKept),
      async read(name) {
        const reading = await health.watch('docker', () => swarm.read(name));
        return reading && { ...reading, scale: (change) => watchScale(reading, change, health) };
      },
    },
  };
}
