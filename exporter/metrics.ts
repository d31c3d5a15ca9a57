/** What the exporter counts of itself, and how that is written. */

import { counter, gauge } from './collectors/collector.ts';
import type { TrackedContainer } from './container-table.ts';
import { type Family, NO_LABELS, renderLabels, type Samples } from './core/exposition.ts';
import type { SeriesPlan } from './core/plan-series.ts';
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
  /** Scrapes whose time was over before all was read. */
  scrapesCutShort: number;
  lastScrapeSeconds: number;
  /** Undefined where there is no Consul. */
  consulIsUp: (() => boolean) | undefined;
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
    scrapesCutShort: 0,
    lastScrapeSeconds: Number.NaN,
    consulIsUp: undefined,
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
  source: gauge(`${PREFIX}container_source`, 'Containers by where their figures come from.'),
  collisions: gauge(
    `${PREFIX}label_collisions`,
    'Container labels left out because another has the same name as a series label.',
  ),
  seriesLeftOut: gauge(`${PREFIX}series_left_out`, 'Series left out of the last scrape by --series.limit.'),
  containersLeftOut: gauge(`${PREFIX}containers_left_out`, 'Containers left out of it altogether.'),
  openFiles: gauge(`${PREFIX}open_files`, 'Kernel files that are held open.'),
  reopenedFiles: gauge(`${PREFIX}reopened_files`, 'Kernel files that are opened for each read.'),
  scrapes: counter(`${PREFIX}scrapes_total`, 'Scrapes that were made.'),
  scrapesCutShort: counter(
    `${PREFIX}scrapes_cut_short_total`,
    'Scrapes whose time was over before all was read.',
  ),
  scrapeSeconds: gauge(
    `${PREFIX}scrape_duration_seconds`,
    'Time that the scrape before this one took, from the first file to the last byte of its text.',
  ),
  collectorSeconds: gauge(
    `${PREFIX}collector_duration_seconds`,
    'Time that a collector took in the last scrape.',
  ),
  collectorSuccess: gauge(
    `${PREFIX}collector_success`,
    '1 when a collector could read everything in the last scrape.',
  ),
  collectorLeftOut: gauge(
    `${PREFIX}collector_left_out`,
    '1 when --series.limit leaves the collector out for all containers.',
  ),
  consulUp: gauge(`${PREFIX}consul_up`, '1 while the Consul agent knows this exporter.'),
  readErrors: counter(`${PREFIX}read_errors_total`, 'Files that could not be read or made no sense.'),
  containerError: gauge('container_scrape_error', '1 when something of a container could not be read.'),
  machineError: gauge('machine_scrape_error', '1 when something of the machine could not be read.'),
  cpu: counter('process_cpu_seconds_total', 'CPU time that the exporter used.'),
  resident: gauge('process_resident_memory_bytes', 'Memory that the exporter has.'),
};

export const OWN_FAMILIES: readonly Family[] = Object.values(F);

export type OwnState = {
  readonly counts: ExporterCounts;
  readonly version: string;
  readonly nodeVersion: string;
  readonly containers: readonly Pick<TrackedContainer, 'source' | 'labelCollisions'>[];
  /** The collectors of this scrape, in their order. */
  readonly collectors: readonly CollectorState[];
  /** What was left out; undefined where nothing is limited. */
  readonly plan: SeriesPlan | undefined;
  readonly files: { readonly open: number; readonly reopened: number };
  readonly process: ProcessUsage;
};

export type CollectorState = {
  readonly name: string;
  /** What it reads; a container's families may be left out by the limit. */
  readonly of: 'containers' | 'node';
  readonly leftOut: boolean;
};

export function addOwnSamples(out: Samples, state: OwnState): void {
  const { counts, containers, plan } = state;
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
  out.add(F.tracked, NO_LABELS, containers.length);
  for (const source of ['cgroup', 'api'] as const) {
    const count = containers.filter((container) => container.source === source).length;
    out.add(F.source, renderLabels([['source', source]]), count);
  }
  const collisions = containers.reduce((sum, { labelCollisions }) => sum + labelCollisions, 0);
  out.add(F.collisions, NO_LABELS, collisions);
  out.add(F.seriesLeftOut, NO_LABELS, plan?.leftOut ?? 0);
  out.add(F.containersLeftOut, NO_LABELS, plan?.leftOutContainers ?? 0);
  out.add(F.openFiles, NO_LABELS, state.files.open);
  out.add(F.reopenedFiles, NO_LABELS, state.files.reopened);
  out.add(F.scrapes, NO_LABELS, counts.scrapes);
  out.add(F.scrapesCutShort, NO_LABELS, counts.scrapesCutShort);
  out.add(F.scrapeSeconds, NO_LABELS, counts.lastScrapeSeconds);
  for (const collector of state.collectors) addCollector(out, collector, counts);
  addErrors(out, state);
  if (counts.consulIsUp !== undefined) out.add(F.consulUp, NO_LABELS, counts.consulIsUp() ? 1 : 0);
  out.add(F.cpu, NO_LABELS, state.process.cpuSeconds());
  out.add(F.resident, NO_LABELS, state.process.residentBytes());
}

function addCollector(out: Samples, { name, leftOut }: CollectorState, { collectors }: ExporterCounts): void {
  const own = collectors.get(name);
  if (own === undefined) return;
  const labels = renderLabels([['collector', name]]);
  out.add(F.collectorSeconds, labels, own.seconds);
  out.add(F.collectorSuccess, labels, own.success && !leftOut ? 1 : 0);
  out.add(F.collectorLeftOut, labels, leftOut ? 1 : 0);
  out.add(F.readErrors, labels, own.readProblems);
}

/** cAdvisor's words for the same; nothing where none of them was asked. */
function addErrors(out: Samples, { collectors, counts }: OwnState): void {
  const failed = (of: CollectorState['of']): number => {
    const asked = collectors.filter((one) => one.of === of);
    if (asked.length === 0) return Number.NaN;
    return asked.some(({ name }) => counts.collectors.get(name)?.success === false) ? 1 : 0;
  };
  out.add(F.containerError, NO_LABELS, failed('containers'));
  out.add(F.machineError, NO_LABELS, failed('node'));
}
