/** Puts the exporter together out of its parts. */
import type { Clock } from '../internal/daemon/clock.ts';
import { openHttpListener } from '../internal/daemon/http-listener.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { packageVersion } from '../internal/daemon/program.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { createEventStream } from '../internal/docker/event-stream.ts';
import { createBlockDeviceNames } from './adapters/block-device-names.ts';
import { createCachedKernelFiles, openFileBudget } from './adapters/cached-kernel-files.ts';
import { createDockerApi } from './adapters/docker-api.ts';
import { createDockerContainerSource } from './adapters/docker-container-source.ts';
import { createDockerSwarmSource } from './adapters/docker-swarm-source.ts';
import { readMachineSize } from './adapters/machine-size.ts';
import { nodeProcessUsage } from './adapters/node-process-usage.ts';
import { createProcfsCgroupLocator } from './adapters/procfs-cgroup-locator.ts';
import { createCgroupFiles } from './cgroup-files.ts';
import { listCollectors } from './collectors/list.ts';
import { type ExporterConfig, enabledCollectors } from './config.ts';
import { createContainerTable } from './container-table.ts';
import { compileNamePatterns } from './core/container-labels.ts';
import { createExposition } from './core/exposition.ts';
import { createExporterHttp } from './http.ts';
import { addOwnSamples, createExporterCounts, OWN_FAMILIES } from './metrics.ts';
import { createContainerLoop } from './reconcile.ts';
import { type ScrapeOptions, scrapeInto } from './scrape.ts';
import { createSwarmWatch } from './swarm-watch.ts';

export type ExporterSurroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** `DOCKER_CERT_PATH` where TLS is asked for. */
  readonly certFolder: string | undefined;
};

export type Exporter = { readonly actors: readonly Actor[]; readonly url: string };

/** Only what changes the table or the Swarm: health checks alone would send thousands of events. */
const EVENTS = ['start', 'die', 'destroy', 'rename', 'update', 'create', 'remove'];

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
  const collectors = listCollectors({
    deviceName: createBlockDeviceNames(procfs),
    currentSwarm: () => swarm.current(),
    enabled: (name) => enabled.includes(name),
    machine: {
      size: readMachineSize(procfs),
      locate: () => locator.machine(),
      openFiles: (location) => createCgroupFiles(location, kernelFiles, () => countProblem('machine')),
    },
  });
  const table = createContainerTable({
    collectors: collectors.container,
    kernelFiles,
    locator,
    includeLabel: compileNamePatterns(config['labels.include']),
    onReadProblem: countProblem,
  });
  const source = createDockerContainerSource(docker);
  const containers = createContainerLoop({ source, table, counts, clock, logger });
  const watchesSwarm = enabled.includes('swarm');
  const events = createEventStream({
    host,
    filters: { type: watchesSwarm ? ['container', 'service', 'node'] : ['container'], event: EVENTS },
    clock,
    logger,
    onConnect() {
      counts.eventConnects += 1;
      counts.eventsConnected = true;
      containers.relist();
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
    counts,
    logger,
    monotonicMs: () => performance.now(),
    onGone: (id) => containers.lookAt(id),
  });
  const listener = await openHttpListener({
    listenAddress: config['web.listen-address'],
    webConfigFile: config['web.config.file'],
    allowedHosts: config['web.allowed-host'],
    logger,
    handler: createExporterHttp({
      scrape: () => scrape(clock.now() / 1000, kernelFiles.openCount()),
      notReady: () =>
        containers.listed() ? [] : ['the containers have not been listed: Docker has not answered yet'],
      reload: () => containers.relist(),
      logger,
    }),
  });
  const swarmActors = watchesSwarm ? [swarm.actor] : [];
  return { url: listener.url, actors: [events, containers.actor, ...swarmActors, listener.actor] };
}

/** The whole text: what the collectors read now, then what the exporter says of itself. */
function createScrapeText(options: ScrapeOptions): (nowSeconds: number, openFiles: number) => Uint8Array {
  const { containerCollectors, nodeCollectors, table, counts } = options;
  const families = [...containerCollectors, ...nodeCollectors].flatMap((collector) => collector.families);
  const exposition = createExposition([...families, ...OWN_FAMILIES]);
  const version = packageVersion();
  return (nowSeconds, openFiles) => {
    exposition.reset();
    scrapeInto(exposition, nowSeconds, options);
    const tracked = [...table.tracked().values()];
    addOwnSamples(exposition, {
      counts,
      version,
      nodeVersion: process.version,
      tracked: tracked.length,
      labelCollisions: tracked.reduce((sum, { labelCollisions }) => sum + labelCollisions, 0),
      openFiles,
      process: nodeProcessUsage,
    });
    return exposition.render();
  };
}
