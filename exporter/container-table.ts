/** The live containers, each with its files open. What is not in this table is in no scrape. */
import { type CgroupFiles, type CgroupFilesOptions, createCgroupFiles } from './cgroup-files.ts';
import type { ContainerCollector, Reading } from './collectors/collector.ts';
import { type ContainerInfo, isSameRun } from './core/container-info.ts';
import { containerLabels, type LabelChoice } from './core/container-labels.ts';
import type { LabelText, Samples } from './core/exposition.ts';
import type { CgroupLocation, CgroupLocator, KernelFiles, StatsSource } from './ports.ts';
import { createPulse } from './pulse.ts';

export type TrackedContainer = {
  /** What the engine said last. */
  readonly info: ContainerInfo;
  update(info: ContainerInfo): void;
  readonly labels: LabelText;
  /** The kernel's files, or, where they cannot be seen from here, what the engine says. */
  readonly source: 'cgroup' | 'api';
  /** Whether it is known to run: of one that ended before its cgroup was found the engine has no figures. */
  isSeen(): boolean;
  /** To be called once before the readings. Throws a system error that `isGone` knows once the cgroup has been removed. */
  feelPulse(nowSeconds: number): void;
  /** In the order of the collectors. */
  readonly readings: readonly Reading[];
  /** How many series each collector had of it when last read; NaN before. */
  readonly seriesCounts: Float64Array;
  readonly labelCollisions: number;
  close(): void;
};

export type ContainerTable = {
  /** Opens the container's files; anew where it is not the run that is known. */
  put(info: ContainerInfo): TrackedContainer;
  remove(id: string): void;
  get(id: string): TrackedContainer | undefined;
  tracked(): ReadonlyMap<string, TrackedContainer>;
  /** Reads again what hardly ever changes. */
  refresh(id: string): void;
  close(): void;
};

export type ContainerTableOptions = {
  readonly collectors: readonly ContainerCollector[];
  readonly kernelFiles: KernelFiles;
  readonly locator: CgroupLocator;
  readonly stats: StatsSource;
  readonly labelChoice: LabelChoice;
  onReadProblem(collector: string): void;
  onOomKills(id: string, kills: number): void;
};

export function createContainerTable(options: ContainerTableOptions): ContainerTable {
  const table = new Map<string, TrackedContainer>();
  const remove = (id: string): void => {
    table.get(id)?.close();
    table.delete(id);
  };
  const refresh = (id: string): void => {
    for (const reading of table.get(id)?.readings ?? []) reading.refresh?.();
  };
  return {
    put(info) {
      const known = table.get(info.id);
      const sameRun = known !== undefined && isSameRun(known.info, info);
      // The files of one that is followed by its stats may be seen by now.
      const location = sameRun && known.source === 'cgroup' ? undefined : options.locator.container(info);
      if (sameRun && location === undefined) {
        known.update(info);
        refresh(info.id);
        return known;
      }
      remove(info.id);
      const container =
        location === undefined ? followStats(info, options) : openCgroup(info, location, options);
      table.set(info.id, container);
      return container;
    },
    remove,
    get: (id) => table.get(id),
    tracked: () => table,
    refresh,
    close() {
      for (const id of table.keys()) remove(id);
    },
  };
}

/** Resting containers are read in full in so many groups, one after the other. */
const PHASES = 10;

function openCgroup(
  info: ContainerInfo,
  location: CgroupLocation,
  { collectors, kernelFiles, labelChoice, onReadProblem, onOomKills }: ContainerTableOptions,
): TrackedContainer {
  const { text: labels, collisions } = containerLabels(info, location.path, labelChoice);
  const opened: CgroupFiles[] = [];
  const openFiles = (reader: string, options: CgroupFilesOptions): CgroupFiles => {
    const files = createCgroupFiles(location, kernelFiles, () => onReadProblem(reader), options);
    opened.push(files);
    return files;
  };
  const pulse = createPulse(openFiles('lifecycle', {}), (info.pid % PHASES) / PHASES);
  const { id } = info;
  const said = lastSaid(info);
  return Object.assign(said, {
    labels,
    source: 'cgroup' as const,
    isSeen: () => true,
    readings: collectors.map((one, index) =>
      one.open({
        labels,
        files: openFiles(one.name, { rank: index, beat: pulse.beat }),
        info: () => said.info,
        onOomKills: (kills) => onOomKills(id, kills),
      }),
    ),
    feelPulse: pulse.feel,
    seriesCounts: new Float64Array(collectors.length).fill(Number.NaN),
    labelCollisions: collisions,
    close() {
      for (const files of opened) files.close();
    },
  });
}

function followStats(
  info: ContainerInfo,
  { collectors, stats, labelChoice }: ContainerTableOptions,
): TrackedContainer {
  const { text: labels, collisions } = containerLabels(info, `/docker/${info.id}`, labelChoice);
  const { id } = info;
  stats.follow(id);
  const said = lastSaid(info);
  let isSeen = false;
  const target = { info: () => said.info, labels, stats: () => stats.latest(id) };
  return Object.assign(said, {
    labels,
    source: 'api' as const,
    isSeen: () => isSeen,
    readings: collectors.map((one) => {
      const reading = one.openStats?.(target);
      return {
        read(out: Samples, nowSeconds: number) {
          if (isSeen) reading?.read(out, nowSeconds);
        },
      };
    }),
    feelPulse() {
      // Whatever runs has used CPU time.
      isSeen ||= (stats.latest(id)?.cpu.usageSeconds ?? 0) > 0;
    },
    seriesCounts: new Float64Array(collectors.length).fill(Number.NaN),
    labelCollisions: collisions,
    close: () => stats.forget(id),
  });
}

/** What the engine said last: the collectors ask for it at each reading. */
function lastSaid(info: ContainerInfo) {
  const said = {
    info: withoutEnvironment(info),
    update(next: ContainerInfo): void {
      said.info = withoutEnvironment(next);
    },
  };
  return said;
}

/** The labels have been rendered; nothing else wants the variables, which may be many. */
const withoutEnvironment = (info: ContainerInfo): ContainerInfo => ({ ...info, environment: NO_VARIABLES });
const NO_VARIABLES: ContainerInfo['environment'] = {};
