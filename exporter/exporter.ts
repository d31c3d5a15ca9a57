/** Puts the exporter together out of its parts. */
import type { Clock } from '../internal/daemon/clock.ts';
import { openHttpListener } from '../internal/daemon/http-listener.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { createEventStream } from '../internal/docker/event-stream.ts';
import { createBlockDeviceNames } from './adapters/block-device-names.ts';
import { createCachedKernelFiles, openFileBudget } from './adapters/cached-kernel-files.ts';
import { createDockerApi } from './adapters/docker-api.ts';
import { createDockerContainerSource } from './adapters/docker-container-source.ts';
import { createDockerStatsSource } from './adapters/docker-stats-source.ts';
import { createDockerSwarmSource } from './adapters/docker-swarm-source.ts';
import { createHostFiles } from './adapters/host-files.ts';
import { readMachineFacts } from './adapters/machine-facts.ts';
import { nodeProcessUsage } from './adapters/node-process-usage.ts';
import { createProcfsCgroupLocator } from './adapters/procfs-cgroup-locator.ts';
import { createCgroupFiles } from './cgroup-files.ts';
import { listCollectors } from './collectors/list.ts';
import { COLLECTOR_NAMES, type ExporterConfig, enabledCollectors } from './config.ts';
import { createContainerTable } from './container-table.ts';
import { compileNamePatterns, containerLabels } from './core/container-labels.ts';
import { createOomLedger } from './core/oom-ledger.ts';
import { createExporterHttp } from './http.ts';
import { createExporterCounts } from './metrics.ts';
import { createContainerLoop } from './reconcile.ts';
import { createScrapeText } from './scrape-text.ts';
import { createSeriesLimit } from './series-limit.ts';
import { createSwarmWatch } from './swarm-watch.ts';

export type ExporterSurroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** `DOCKER_CERT_PATH` where TLS is asked for. */
  readonly certFolder: string | undefined;
};

export type Exporter = { readonly actors: readonly Actor[]; readonly url: string };

/** Only what changes the table or the Swarm: the commands of health checks alone would send thousands of events. */
const CONTAINER_EVENTS = [
  'start',
  'die',
  'destroy',
  'rename',
  'update',
  'oom',
  'health_status',
  'pause',
  'unpause',
];
const SWARM_EVENTS = ['create', 'update', 'remove'];

export async function createExporter(
  config: ExporterConfig,
  { clock, logger, certFolder }: ExporterSurroundings,
): Promise<Exporter> {
  const procfs = config['path.procfs'];
  const enabled = enabledCollectors(config);
  const counts = createExporterCounts(enabled);
  const countProblem = (collector: string): void => {
    const own = counts.collectors.get(collector);
    if (own !== undefined) own.readProblems += 1;
  };
  const host = parseDockerHost(config['docker.host'], certFolder);
  const docker = createDockerApi(host);
  const kernelFiles = createCachedKernelFiles(openFileBudget());
  const locator = createProcfsCgroupLocator({
    procfs,
    cgroup: config['path.cgroup'],
    machineCgroup: config['machine.cgroup'],
  });

  const swarm = createSwarmWatch({ source: createDockerSwarmSource(docker), counts, clock, logger });
  const stats = createDockerStatsSource({
    host,
    clock,
    logger,
    engineVersion: () => containers.versions()?.engine,
  });
  const oomLedger = createOomLedger();
  const labelChoice = {
    label: compileNamePatterns(config['labels.include']),
    environment: compileNamePatterns(config['env.include']),
  };
  const collectors = listCollectors({
    deviceName: createBlockDeviceNames(procfs),
    currentSwarm: () => swarm.current(),
    enabled: (name) => enabled.includes(name),
    oomLedger,
    machine: {
      facts: readMachineFacts(procfs),
      locate: () => locator.machine(),
      openFiles: (location) => createCgroupFiles(location, kernelFiles, () => countProblem('machine')),
      host: config['machine.cgroup'] === '/' ? createHostFiles(procfs, kernelFiles) : undefined,
      engine: () => containers.versions(),
    },
    state: {
      running: () => table.tracked().values(),
      stopped: () => [...containers.stopped().values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      stoppedLabels: (container) => containerLabels(container, '', labelChoice).text,
      room: () => seriesLimit.room(),
    },
  });
  const table = createContainerTable({
    collectors: collectors.container,
    kernelFiles,
    locator,
    stats,
    labelChoice,
    onReadProblem: countProblem,
    onOomKills: (id, kills) => oomLedger.counted(id, kills),
  });
  const seriesLimit = createSeriesLimit({
    limit: config['series.limit'],
    collectors: collectors.container,
    logger,
  });
  const containers = createContainerLoop({
    source: createDockerContainerSource(docker),
    table,
    oomLedger,
    counts,
    clock,
    logger,
  });
  const watchesSwarm = enabled.includes('swarm');
  const events = createEventStream({
    host,
    filters: watchesSwarm
      ? { type: ['container', 'service', 'node'], event: [...CONTAINER_EVENTS, ...SWARM_EVENTS] }
      : { type: ['container'], event: CONTAINER_EVENTS },
    clock,
    logger,
    onConnect() {
      counts.eventConnects += 1;
      counts.eventsConnected = true;
      containers.onConnect();
      swarm.wake();
    },
    onDisconnect() {
      counts.eventsConnected = false;
    },
    onEvent(event) {
      if (event.type === 'container') containers.onEvent(event);
      swarm.wake();
    },
  });

  const scrape = createScrapeText({
    containerCollectors: collectors.container,
    nodeCollectors: collectors.node,
    table,
    seriesLimit,
    counts,
    logger,
    kernelFiles,
    processUsage: nodeProcessUsage,
    nodeVersion: process.version,
    monotonicMs: () => performance.now(),
    onGone: (id) => containers.lookAt(id),
  });
  const listener = await openHttpListener({
    listenAddress: config['web.listen-address'],
    webConfigFile: config['web.config.file'],
    allowedHosts: config['web.allowed-host'],
    logger,
    handler: createExporterHttp({
      scrape: ({ collectors: wanted, deadlineMs }) =>
        scrape({ nowSeconds: clock.now() / 1000, wants: (name) => wanted.includes(name), deadlineMs }),
      collectors: { enabled, known: COLLECTOR_NAMES },
      notReady: () =>
        containers.listed() ? [] : ['the containers have not been listed: Docker has not answered yet'],
      reload: () => containers.relist(),
      logger,
    }),
  });
  const swarmActors = watchesSwarm ? [swarm.actor] : [];
  return {
    url: listener.url,
    actors: [events, containers.actor, stats.actor, ...swarmActors, listener.actor],
  };
}
