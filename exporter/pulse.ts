/**
 * Whether a container rests. One that has used no CPU time since it was read, and holds as much memory, has done nothing:
 * what only its own tasks can change is as it was, and need not be read again. What the kernel does on its own to a resting
 * container (pages that age, memory that others press out of it) is seen late by `LONGEST_REST_SECONDS` at most.
 */
import type { CgroupFiles } from './cgroup-files.ts';
import { keyedFormat } from './core/kernel-text.ts';

export type Pulse = {
  /** To be felt once in each scrape. Throws a system error that `isGone` knows once the cgroup has been removed. */
  feel(nowSeconds: number): void;
  /** Another number whenever anything may have changed. */
  beat(): number;
};

/** For what never rests, such as the machine: equal to no number, not even to itself. */
export const NEVER_RESTS = (): number => Number.NaN;

const LONGEST_REST_SECONDS = 10;

/** @param phase from 0 to 1: containers with different ones do not wake in the same scrape */
export function createPulse(files: CgroupFiles, phase: number): Pulse {
  const cpuNow = cpuUsageReader(files);
  const memoryNow = files.number(
    'memory',
    files.version('memory') === 2 ? 'memory.current' : 'memory.usage_in_bytes',
  );
  let cpu = Number.NaN;
  let memory = Number.NaN;
  let beat = 0;
  let restsUntil = Number.NaN;
  return {
    feel(nowSeconds) {
      const cpuBefore = cpu;
      const memoryBefore = memory;
      cpu = cpuNow();
      memory = memoryNow.read().value;
      // A figure that cannot be read is NaN, and so never the same.
      if (cpu === cpuBefore && memory === memoryBefore && nowSeconds < restsUntil) return;
      const first = beat === 0;
      restsUntil = nowSeconds + LONGEST_REST_SECONDS * (first ? phase : 1);
      beat += 1;
    },
    beat: () => beat,
  };
}

const USAGE_V2 = keyedFormat('usage_usec');

function cpuUsageReader(files: CgroupFiles): () => number {
  if (files.version('cpuacct') === 1) {
    const total = files.number('cpuacct', 'cpuacct.usage');
    return () => total.read().value;
  }
  const stat = files.keyed('cpuacct', 'cpu.stat', USAGE_V2);
  return () => stat.read()[0] as number;
}
