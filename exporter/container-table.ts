/** The live containers, each with its files open. What is not in this table is in no scrape. */
import { type CgroupFiles, createCgroupFiles } from './cgroup-files.ts';
import type { ContainerCollector, Reading } from './collectors/collector.ts';
import type { ContainerInfo } from './core/container-info.ts';
import { containerLabels, type NamePattern } from './core/container-labels.ts';
import type { CgroupLocator, KernelFiles } from './ports.ts';

export type TrackedContainer = {
  readonly info: ContainerInfo;
  /** Throws a system error that `isGone` knows once the cgroup has been removed. */
  checkAlive(): void;
  /** In the order of the collectors. */
  readonly readings: readonly Reading[];
  readonly labelCollisions: number;
  close(): void;
};

export type ContainerTable = {
  /** Opens the container's files, or opens them anew. False where its cgroup is not to be seen from here. */
  put(info: ContainerInfo): boolean;
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
  readonly includeLabel: NamePattern;
  onReadProblem(collector: string): void;
};

export function createContainerTable(options: ContainerTableOptions): ContainerTable {
  const table = new Map<string, TrackedContainer>();
  const remove = (id: string): void => {
    table.get(id)?.close();
    table.delete(id);
  };
  return {
    put(info) {
      remove(info.id);
      const container = openContainer(info, options);
      if (container !== undefined) table.set(info.id, container);
      return container !== undefined;
    },
    remove,
    get: (id) => table.get(id),
    tracked: () => table,
    refresh(id) {
      for (const reading of table.get(id)?.readings ?? []) reading.refresh?.();
    },
    close() {
      for (const id of table.keys()) remove(id);
    },
  };
}

function openContainer(info: ContainerInfo, options: ContainerTableOptions): TrackedContainer | undefined {
  const { collectors, kernelFiles, locator, includeLabel, onReadProblem } = options;
  const location = locator.container(info);
  if (location === undefined) return undefined;
  const labels = containerLabels(info, location.path, includeLabel);
  const opened: CgroupFiles[] = [];
  const openFiles = (reader: string): CgroupFiles => {
    const files = createCgroupFiles(location, kernelFiles, () => onReadProblem(reader));
    opened.push(files);
    return files;
  };
  const readSign = signOfLife(openFiles('lifecycle'));
  return {
    info,
    readings: collectors.map((one) => one.open({ info, labels: labels.text, files: openFiles(one.name) })),
    checkAlive: () => void readSign(),
    labelCollisions: labels.collisions,
    close() {
      for (const files of opened) files.close();
    },
  };
}

/** A small file that every cgroup has, the root apart; reading it costs next to nothing, and fails after the end. */
function signOfLife(files: CgroupFiles): () => unknown {
  const { folders } = files.location;
  const controller =
    folders.cpuacct !== undefined ? 'cpuacct' : folders.memory !== undefined ? 'memory' : 'pids';
  return files.text(controller, files.version(controller) === 2 ? 'cgroup.type' : 'notify_on_release');
}
