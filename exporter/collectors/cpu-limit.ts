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
    return { quotaMicroseconds: finite(quota), periodMicroseconds: period };
  }
  const [quota = Number.NaN] = files.numbersNow('cpu', 'cpu.cfs_quota_us', 1);
  const [period = Number.NaN] = files.numbersNow('cpu', 'cpu.cfs_period_us', 1);
  return { quotaMicroseconds: quota < 0 ? Number.NaN : quota, periodMicroseconds: period };
}

const finite = (value: number): number => (value === Number.POSITIVE_INFINITY ? Number.NaN : value);
