import type { CgroupFiles } from '../cgroup-files.ts';
import type { Family } from '../core/exposition.ts';
import { type CgroupCollector, gauge } from './collector.ts';
import { readCpuLimit } from './cpu-limit.ts';

const cpuPeriod = gauge('container_spec_cpu_period', 'CFS period, in microseconds.');
const cpuQuota = gauge(
  'container_spec_cpu_quota',
  'CFS quota in a period, in microseconds, where there is one.',
);
const cpuShares = gauge('container_spec_cpu_shares', 'CPU shares.');
export const memoryLimit = gauge('container_spec_memory_limit_bytes', 'Memory limit; 0 without one.');
const swapLimit = gauge(
  'container_spec_memory_swap_limit_bytes',
  'Limit of swap (of memory and swap together in cgroup version 1); 0 without one.',
);
const reservation = gauge(
  'container_spec_memory_reservation_limit_bytes',
  'Memory reservation; 0 without one.',
);

const FAMILIES: readonly Family[] = [cpuPeriod, cpuQuota, cpuShares, memoryLimit, swapLimit, reservation];

export const specCollector: CgroupCollector = {
  name: 'spec',
  families: FAMILIES,
  open({ files, labels }) {
    let spec = readSpec(files);
    return {
      read(out) {
        for (let index = 0; index < FAMILIES.length; index += 1)
          out.add(FAMILIES[index] as Family, labels, spec[index] as number);
      },
      refresh() {
        spec = readSpec(files);
      },
    };
  },
  openStats({ info, labels }) {
    return {
      read(out) {
        const { limits } = info();
        out.add(cpuPeriod, labels, limits.cpuPeriodMicroseconds);
        out.add(cpuQuota, labels, limits.cpuQuotaMicroseconds > 0 ? limits.cpuQuotaMicroseconds : Number.NaN);
        out.add(cpuShares, labels, limits.cpuShares);
        out.add(memoryLimit, labels, limits.memoryBytes);
        out.add(swapLimit, labels, limits.swapBytes);
        out.add(reservation, labels, limits.reservationBytes);
      },
    };
  },
};

/** In the order of the families. */
function readSpec(files: CgroupFiles): readonly number[] {
  const { periodMicroseconds, quotaMicroseconds } = readCpuLimit(files);
  const two = files.version('memory') === 2;
  return [
    periodMicroseconds,
    quotaMicroseconds,
    readShares(files),
    readLimit(files, two ? 'memory.max' : 'memory.limit_in_bytes'),
    readLimit(files, two ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes'),
    readLimit(files, two ? 'memory.min' : 'memory.soft_limit_in_bytes'),
  ];
}

function readShares(files: CgroupFiles): number {
  if (files.version('cpu') === 1) return count(files.numbersNow('cpu', 'cpu.shares', 1)[0]);
  const weight = count(files.numbersNow('cpu', 'cpu.weight', 1)[0]);
  // The inverse of how runc turns shares (2 to 262144) into a weight (1 to 10000).
  return Math.max(2, 2 + Math.trunc(((weight - 1) * 262_142) / 9_999));
}

/** Beyond this, a limit is the kernel's way to say that there is none. */
const NO_LIMIT_BYTES = 2 ** 62;

function readLimit(files: CgroupFiles, file: string): number {
  const [bytes = Number.NaN] = files.numbersNow('memory', file, 1);
  return bytes > NO_LIMIT_BYTES ? 0 : count(bytes);
}

/** NaN for what can be no count. */
const count = (value: number | undefined): number =>
  value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
