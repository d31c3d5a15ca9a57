/** The CFS quota of a cgroup, as both versions state it. */
import type { CgroupFiles } from '../cgroup-files.ts';

export type CpuLimit = {
  /** NaN without a quota. */
  readonly quotaMicroseconds: number;
  /** NaN where the kernel has no CFS bandwidth control, or at the root. */
  readonly periodMicroseconds: number;
};

export function readCpuLimit(files: CgroupFiles): CpuLimit {
  if (files.version('cpu') === 2) {
    const [quota = Number.NaN, period = Number.NaN] = files.numbersNow('cpu', 'cpu.max', 2);
    return { quotaMicroseconds: amount(quota), periodMicroseconds: amount(period) };
  }
  const [quota = Number.NaN] = files.numbersNow('cpu', 'cpu.cfs_quota_us', 1);
  const [period = Number.NaN] = files.numbersNow('cpu', 'cpu.cfs_period_us', 1);
  return { quotaMicroseconds: amount(quota), periodMicroseconds: amount(period) };
}

/** Version 1 says -1 where there is no quota, version 2 `max`. */
const amount = (value: number): number =>
  value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
