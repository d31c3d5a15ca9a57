import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { commonFlags } from '../internal/daemon/common-flags.ts';
import { integerFlag, pathFlag, switchFlag, textFlag, textListFlag } from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';

const collectorFlag = (what: string) => switchFlag({ help: `Collect ${what}.`, fallback: true });

export const exporterFlags = {
  ...commonFlags(DEFAULT_PORT.exporter),
  'path.procfs': pathFlag({ help: 'Where procfs of the machine is mounted.', fallback: '/proc' }),
  'path.cgroup': pathFlag({
    help: 'Where the cgroups of the machine are mounted.',
    fallback: '/sys/fs/cgroup',
  }),
  'machine.cgroup': textFlag({
    help: 'The cgroup that counts as the machine; its CPU quota is its number of cores.',
    form: '<cgroup>',
    fallback: '/',
  }),
  'labels.include': textListFlag({
    help: 'A container label to show, beside those of Swarm and of the stack; * stands for any characters.',
    form: '<name>',
    fallback: [],
  }),
  'env.include': textListFlag({
    help: 'An environment variable of containers to show as a label; * stands for any characters.',
    form: '<name>',
    fallback: [],
  }),
  'series.limit': integerFlag({
    help: 'Most series of containers in a scrape; beyond it collectors are left out, then containers. 0: no limit.',
    fallback: 0,
    min: 0,
  }),
  'collector.cpu': collectorFlag('CPU time and throttling'),
  'collector.memory': collectorFlag('memory use'),
  'collector.blkio': collectorFlag('block I/O'),
  'collector.network': collectorFlag('network traffic'),
  'collector.pids': collectorFlag('the numbers of threads and processes'),
  'collector.spec': collectorFlag('CPU and memory limits'),
  'collector.lifecycle': collectorFlag('creation and start times, and what is alive'),
  'collector.pressure': collectorFlag('pressure stall information'),
  'collector.state': collectorFlag('the state of all containers, also of those that do not run'),
  'collector.oom': collectorFlag('OOM kills by service'),
  'collector.machine': collectorFlag('the use of the machine as a whole, and its size'),
  'collector.swarm': collectorFlag('services, nodes and pending tasks, where the engine is a manager'),
};

export type ExporterConfig = FlagValues<typeof exporterFlags>;

const COLLECTOR_PREFIX = 'collector.';

/** The names of all collectors. */
export const COLLECTOR_NAMES: readonly string[] = Object.keys(exporterFlags)
  .filter((name) => name.startsWith(COLLECTOR_PREFIX))
  .map((name) => name.slice(COLLECTOR_PREFIX.length));

/** The names of the collectors that are on. */
export function enabledCollectors(config: ExporterConfig): readonly string[] {
  const values: Readonly<Record<string, unknown>> = config;
  return COLLECTOR_NAMES.filter((name) => values[`${COLLECTOR_PREFIX}${name}`] === true);
}
