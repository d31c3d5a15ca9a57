/** What the exporter counts of itself, and how that is written. */

import { counter, gauge } from './collectors/collector.ts';
import { type Family, NO_LABELS, renderLabels, type Samples } from './core/exposition.ts';
import type { ProcessUsage } from './ports.ts';

/** Plain numbers, changed where the thing happens. */
export type ExporterCounts = {
  /** Whether Docker answered when it was last asked. */
  dockerAnswers: boolean;
  eventsConnected: boolean;
  /** Times that all containers were listed. */
  containerLists: number;
  containerListFailures: number;
  /** Times that the event stream was connected. */
  eventConnects: number;
  swarmReads: number;
  swarmReadFailures: number;
  scrapes: number;
  lastScrapeSeconds: number;
  /** Running containers whose cgroup is not to be seen from here. */
  unreadable: number;
  readonly collectors: Map<string, CollectorCounts>;
};

export type CollectorCounts = {
  readProblems: number;
  /** Of the last scrape. */
  seconds: number;
  success: boolean;
};

export function createExporterCounts(collectors: readonly string[]): ExporterCounts {
  return {
    dockerAnswers: false,
    eventsConnected: false,
    containerLists: 0,
    containerListFailures: 0,
    eventConnects: 0,
    swarmReads: 0,
    swarmReadFailures: 0,
    scrapes: 0,
    lastScrapeSeconds: Number.NaN,
    unreadable: 0,
    collectors: new Map(
      collectors.map((name) => [name, { readProblems: 0, seconds: Number.NaN, success: false }]),
    ),
  };
}

const PREFIX = 'micado_exporter_';
const F = {
  buildInfo: gauge(`${PREFIX}build_info`, 'Always 1: the version of this exporter and of Node.js.'),
  dockerUp: gauge(`${PREFIX}docker_up`, '1 while the engine answers and its event stream is connected.'),
  lists: counter(`${PREFIX}container_lists_total`, 'Times that all containers were listed.'),
  listFailures: counter(`${PREFIX}container_list_failures_total`, 'Listings of containers that failed.'),
  connects: counter(`${PREFIX}event_connects_total`, 'Times that the event stream was connected.'),
  swarmReads: counter(`${PREFIX}swarm_reads_total`, 'Times that the Swarm was read.'),
  swarmFailures: counter(`${PREFIX}swarm_read_failures_total`, 'Readings of the Swarm that failed.'),
  tracked: gauge(`${PREFIX}containers_tracked`, 'Containers whose files are open.'),
  unreadable: gauge(`${PREFIX}containers_unreadable`, 'Running containers whose cgroup cannot be found.'),
  collisions: gauge(
    `${PREFIX}label_collisions`,
    'Container labels left out because another has the same name as a series label.',
  ),
  openFiles: gauge(`${PREFIX}open_files`, 'Kernel files that are held open.'),
  scrapes: counter(`${PREFIX}scrapes_total`, 'Scrapes that were made.'),
  scrapeSeconds: gauge(`${PREFIX}scrape_duration_seconds`, 'Time that the last scrape took.'),
  collectorSeconds: gauge(
    `${PREFIX}collector_duration_seconds`,
    'Time that a collector took in the last scrape.',
  ),
  collectorSuccess: gauge(
    `${PREFIX}collector_success`,
    '1 when a collector could read everything in the last scrape.',
  ),
  readErrors: counter(`${PREFIX}read_errors_total`, 'Files that could not be read or made no sense.'),
  cpu: counter('process_cpu_seconds_total', 'CPU time that the exporter used.'),
  resident: gauge('process_resident_memory_bytes', 'Memory that the exporter has.'),
};

export const OWN_FAMILIES: readonly Family[] = Object.values(F);

export type OwnState = {
  readonly counts: ExporterCounts;
  readonly version: string;
  readonly nodeVersion: string;
  readonly tracked: number;
  readonly labelCollisions: number;
  readonly openFiles: number;
  readonly process: ProcessUsage;
};

export function addOwnSamples(out: Samples, state: OwnState): void {
  const { counts } = state;
  const build = renderLabels([
    ['version', state.version],
    ['node_version', state.nodeVersion],
  ]);
  out.add(F.buildInfo, build, 1);
  out.add(F.dockerUp, NO_LABELS, counts.dockerAnswers && counts.eventsConnected ? 1 : 0);
  out.add(F.lists, NO_LABELS, counts.containerLists);
  out.add(F.listFailures, NO_LABELS, counts.containerListFailures);
  out.add(F.connects, NO_LABELS, counts.eventConnects);
  out.add(F.swarmReads, NO_LABELS, counts.swarmReads);
  out.add(F.swarmFailures, NO_LABELS, counts.swarmReadFailures);
  out.add(F.tracked, NO_LABELS, state.tracked);
  out.add(F.unreadable, NO_LABELS, counts.unreadable);
  out.add(F.collisions, NO_LABELS, state.labelCollisions);
  out.add(F.openFiles, NO_LABELS, state.openFiles);
  out.add(F.scrapes, NO_LABELS, counts.scrapes);
  out.add(F.scrapeSeconds, NO_LABELS, counts.lastScrapeSeconds);
  for (const [name, collector] of counts.collectors) {
    const labels = renderLabels([['collector', name]]);
    out.add(F.collectorSeconds, labels, collector.seconds);
    out.add(F.collectorSuccess, labels, collector.success ? 1 : 0);
    out.add(F.readErrors, labels, collector.readProblems);
  }
  out.add(F.cpu, NO_LABELS, state.process.cpuSeconds());
  out.add(F.resident, NO_LABELS, state.process.residentBytes());
}
