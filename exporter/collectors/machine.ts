import type { CgroupFiles } from '../cgroup-files.ts';
import { isGone } from '../cgroup-files.ts';
import { NO_LABELS, renderLabels } from '../core/exposition.ts';
import type { CgroupLocation, MachineSize } from '../ports.ts';
import { type CgroupCollector, gauge, type NodeCollector, type Reading } from './collector.ts';
import { readCpuLimit } from './cpu-limit.ts';

const cores = gauge(
  'machine_cpu_cores',
  'Processors of the machine, or the quota of the cgroup that stands for it.',
);
const memory = gauge(
  'machine_memory_bytes',
  'Memory of the machine, or the limit of the cgroup that stands for it.',
);

const MACHINE_LABELS = renderLabels([['id', '/']]);

export type MachineOptions = {
  readonly size: MachineSize;
  /** The machine's cgroup; undefined as long as it is not there. */
  locate(): CgroupLocation | undefined;
  openFiles(location: CgroupLocation): CgroupFiles;
  /** Collectors that read the machine's cgroup as they read a container's. */
  readonly parts: readonly CgroupCollector[];
};

export function createMachineCollector({ size, locate, openFiles, parts }: MachineOptions): NodeCollector {
  let opened: { readonly files: CgroupFiles; readonly readings: readonly Reading[] } | undefined;
  const open = () => {
    const location = locate();
    if (location === undefined) return undefined;
    const files = openFiles(location);
    return { files, readings: parts.map((part) => part.open({ files, labels: MACHINE_LABELS })) };
  };
  const close = (): void => {
    opened?.files.close();
    opened = undefined;
  };
  return {
    name: 'machine',
    families: [cores, memory],
    read(out, nowSeconds) {
      // The cgroup of a part of the machine may come and go: an engine makes its own with its first container.
      opened ??= open();
      if (opened === undefined) return;
      try {
        for (const reading of opened.readings) reading.read(out, nowSeconds);
        const { files } = opened;
        out.add(cores, NO_LABELS, availableCores(files, size));
        out.add(memory, NO_LABELS, Math.min(size.memoryBytes, memoryLimit(files)));
      } catch (error) {
        close();
        if (!isGone(error)) throw error;
      }
    },
  };
}

function availableCores(files: CgroupFiles, size: MachineSize): number {
  const { quotaMicroseconds, periodMicroseconds } = readCpuLimit(files);
  return Number.isNaN(quotaMicroseconds)
    ? size.cores
    : Math.min(size.cores, quotaMicroseconds / periodMicroseconds);
}

/** Infinity without a limit, which is also what a root cgroup has. */
function memoryLimit(files: CgroupFiles): number {
  const file = files.version('memory') === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  const [bytes = Number.NaN] = files.numbersNow('memory', file, 1);
  return Number.isNaN(bytes) ? Number.POSITIVE_INFINITY : bytes;
}
