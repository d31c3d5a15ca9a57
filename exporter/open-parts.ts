/** What a scrape is made of: the table of containers, the collectors that read it and all else, and the loops behind them. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { DockerHost } from '../internal/docker/docker-host.ts';
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
import { type CollectorNeeds, listCollectors } from './collectors/list.ts';
import type { ExporterConfig } from './config.ts';
import { createContainerTable } from './container-table.ts';
import { compileNamePatterns, containerLabels } from './core/container-labels.ts';
import { createOomLedger } from './core/oom-ledger.ts';
import type { ExporterCounts } from './metrics.ts';
import type { KernelFiles } from './ports.ts';
import { type ContainerLoop, createContainerLoop } from './reconcile.ts';
import { createScrapeText } from './scrape-text.ts';
import { createSeriesLimit } from './series-limit.ts';
import { createSwarmWatch } from './swarm-watch.ts';

export type PartsOptions = {
  readonly config: ExporterConfig;
  readonly enabled: readonly string[];
  readonly host: DockerHost;
  readonly counts: ExporterCounts;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function openParts({ config, enabled, host, counts, clock, logger }: PartsOptions) {
  const docker = createDockerApi(host);
  const kernelFiles = createCachedKernelFiles(openFileBudget());
  const swarm = createSwarmWatch({ source: createDockerSwarmSource(docker, clock), counts, clock, logger });
  const engineVersion = (): string | undefined => containers.versions()?.engine;
  const stats = createDockerStatsSource({ host, clock, logger, engineVersion });
  const oomLedger = createOomLedger();
  const labelChoice = {
    label: compileNamePatterns(config['labels.include']),
    environment: compileNamePatterns(config['env.include']),
  };
  const locator = locatorOf(config);
  const collectors = listCollectors({
    deviceName: createBlockDeviceNames(config['path.procfs']),
    currentSwarm: () => swarm.current(),
    enabled: (name) => enabled.includes(name),
    oomLedger,
    machine: {
      ...machineNeeds(config, kernelFiles, () => containers),
      locate: () => locator.machine(),
      openFiles: (place) => createCgroupFiles(place, kernelFiles, () => countProblem(counts, 'machine')),
    },
    state: {
      running: () => [...table.tracked().values()].filter((container) => container.isSeen()),
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
    onReadProblem: (collector) => countProblem(counts, collector),
    onOomKills: (id, kills) => oomLedger.counted(id, kills),
  });
  const limit = { limit: config['series.limit'], collectors: collectors.container, logger };
  const seriesLimit = createSeriesLimit(limit);
  const source = createDockerContainerSource(docker);
  const containers = createContainerLoop({ source, table, oomLedger, counts, clock, logger });
  const text = createScrapeText({
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
  return { containers, stats, swarm, text };
}

function countProblem(counts: ExporterCounts, collector: string): void {
  const own = counts.collectors.get(collector);
  if (own !== undefined) own.readProblems += 1;
}

const locatorOf = (config: ExporterConfig) =>
  createProcfsCgroupLocator({
    procfs: config['path.procfs'],
    cgroup: config['path.cgroup'],
    machineCgroup: config['machine.cgroup'],
  });

function machineNeeds(
  config: ExporterConfig,
  kernelFiles: KernelFiles,
  containers: () => ContainerLoop,
): Pick<CollectorNeeds['machine'], 'facts' | 'host' | 'engine'> {
  const procfs = config['path.procfs'];
  return {
    facts: readMachineFacts(procfs),
    host: config['machine.cgroup'] === '/' ? createHostFiles(procfs, kernelFiles) : undefined,
    engine: () => containers().versions(),
  };
}
