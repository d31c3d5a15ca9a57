import { type CgroupFiles, isGone } from '../cgroup-files.ts';
import { type LabelText, renderLabels, type Samples } from '../core/exposition.ts';
import type { CgroupLocation, EngineVersions, MachineFacts } from '../ports.ts';
import { type CgroupCollector, gauge, type NodeCollector, type Reading } from './collector.ts';
import { readCpuLimit } from './cpu-limit.ts';
import { createHostReading, type HostFiles } from './host.ts';
import { memoryLimit as specMemoryLimit } from './spec.ts';

const cores = gauge(
  'machine_cpu_cores',
  'Processors of the machine, or the quota of the cgroup that stands for it.',
);
const memory = gauge(
  'machine_memory_bytes',
  'Memory of the machine, or the limit of the cgroup that stands for it.',
);
const physicalCores = gauge('machine_cpu_physical_cores', 'Cores that the processors of the machine are on.');
const sockets = gauge('machine_cpu_sockets', 'Packages that the cores of the machine are on.');
const swap = gauge('machine_swap_bytes', 'Swap space of the machine.');
const versions = gauge('machine_version_info', 'Always 1: versions of kernel, operating system and Docker.');

const ROOT_LABELS = renderLabels([['id', '/']]);

export type MachineOptions = {
  readonly facts: MachineFacts;
  /** The machine's cgroup; undefined as long as it is not there. */
  locate(): CgroupLocation | undefined;
  openFiles(location: CgroupLocation): CgroupFiles;
  /** Collectors that read the machine's cgroup as they read a container's. */
  readonly parts: readonly CgroupCollector[];
  /** `--collector.<name>` of those that have the same of containers. */
  enabled(collector: string): boolean;
  /** Undefined where only a part of the machine counts: of that its cgroup alone can tell. */
  readonly host: HostFiles | undefined;
  /** Undefined as long as the engine has not said. */
  engine(): EngineVersions | undefined;
};

export function createMachineCollector(options: MachineOptions): NodeCollector {
  const { facts, locate, openFiles, parts } = options;
  const machineLabels = renderLabels([
    ['boot_id', facts.bootId],
    ['machine_id', facts.machineId],
    ['system_uuid', facts.systemUuid],
  ]);
  const host =
    options.host === undefined ? undefined : createHostReading(options.host, ROOT_LABELS, options.enabled);
  let opened: { readonly files: CgroupFiles; readonly readings: readonly Reading[] } | undefined;
  const open = () => {
    const location = locate();
    if (location === undefined) return undefined;
    const files = openFiles(location);
    const target = { files, labels: ROOT_LABELS, wholeMachine: host !== undefined };
    return { files, readings: parts.map((part) => part.open(target)) };
  };
  const close = (): void => {
    opened?.files.close();
    opened = undefined;
  };
  return {
    name: 'machine',
    families: [
      [cores, physicalCores, sockets, memory, swap, versions, specMemoryLimit],
      host?.families ?? [],
      parts.flatMap(({ families }) => families),
    ].flat(),
    read(out, nowSeconds) {
      out.add(physicalCores, machineLabels, facts.physicalCores);
      out.add(sockets, machineLabels, facts.sockets);
      out.add(swap, machineLabels, facts.swapBytes);
      out.add(versions, versionLabels(options.engine()), 1);
      host?.add(out, nowSeconds);
      // The cgroup of a part of the machine may come and go: an engine makes its own with its first container.
      opened ??= open();
      if (opened === undefined) {
        // An engine within a container does not see the root, but the machine is what procfs says.
        if (host !== undefined) addSize(out, undefined, facts, machineLabels);
        return;
      }
      try {
        for (const reading of opened.readings) reading.read(out, nowSeconds);
        addSize(out, opened.files, facts, machineLabels);
      } catch (error) {
        close();
        if (!isGone(error)) throw error;
      }
    },
  };
}

function addSize(out: Samples, files: CgroupFiles | undefined, facts: MachineFacts, labels: LabelText): void {
  const quota = files === undefined ? Number.NaN : readQuota(files);
  out.add(cores, labels, Number.isNaN(quota) ? facts.cores : Math.min(facts.cores, quota));
  const limit = files === undefined ? Number.POSITIVE_INFINITY : readMemoryLimit(files);
  const bytes = Math.min(facts.memoryBytes, limit);
  out.add(memory, labels, bytes);
  out.add(specMemoryLimit, ROOT_LABELS, bytes);
}

/** In processors; NaN without one. */
function readQuota(files: CgroupFiles): number {
  const { quotaMicroseconds, periodMicroseconds } = readCpuLimit(files);
  return quotaMicroseconds / periodMicroseconds;
}

/** Infinity without a limit, which is also what a root cgroup has. */
function readMemoryLimit(files: CgroupFiles): number {
  const file = files.version('memory') === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  const [bytes = Number.NaN] = files.numbersNow('memory', file, 1);
  return Number.isNaN(bytes) ? Number.POSITIVE_INFINITY : bytes;
}

function versionLabels(engine: EngineVersions | undefined): LabelText {
  return renderLabels([
    ['docker_version', engine?.engine ?? ''],
    ['kernel_version', engine?.kernel ?? ''],
    ['os_version', engine?.operatingSystem ?? ''],
  ]);
}
