import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import type { CgroupFiles } from '../cgroup-files.ts';
import type { Family } from '../core/exposition.ts';
import { type CgroupCollector, counter } from './collector.ts';
import { readCpuLimit } from './cpu-limit.ts';

const usage: Family = {
  ...counter(CONTAINER_METRIC.cpuUsageSeconds, 'CPU time used, over all processors.'),
  fixedLabel: ['cpu', 'total'],
};
const user = counter('container_cpu_user_seconds_total', 'CPU time used in user mode.');
const system = counter('container_cpu_system_seconds_total', 'CPU time used in the kernel.');
const periods = counter(CONTAINER_METRIC.cfsPeriods, 'Elapsed CFS periods, where there is a quota.');
const throttledPeriods = counter(CONTAINER_METRIC.cfsThrottledPeriods, 'Throttled CFS periods.');
const throttledSeconds = counter(
  'container_cpu_cfs_throttled_seconds_total',
  'Time for which the container has been throttled.',
);

const NANO = 1e9;
const MICRO = 1e6;

export const cpuCollector: CgroupCollector = {
  name: 'cpu',
  families: [usage, user, system, periods, throttledPeriods, throttledSeconds],
  open({ files, labels }) {
    const readTimes = files.version('cpuacct') === 2 ? timesV2(files) : timesV1(files);
    const throttledKey = files.version('cpu') === 2 ? 'throttled_usec' : 'throttled_time';
    const throttledUnit = files.version('cpu') === 2 ? MICRO : NANO;
    const readThrottling = files.keyed('cpu', 'cpu.stat', ['nr_periods', 'nr_throttled', throttledKey]);
    let limit = readCpuLimit(files);
    return {
      read(out) {
        const [total, inUser, inSystem] = readTimes();
        out.add(usage, labels, total);
        out.add(user, labels, inUser);
        out.add(system, labels, inSystem);
        if (Number.isNaN(limit.quotaMicroseconds)) return;
        const [all = Number.NaN, throttled = Number.NaN, time = Number.NaN] = readThrottling();
        out.add(periods, labels, all);
        out.add(throttledPeriods, labels, throttled);
        out.add(throttledSeconds, labels, time / throttledUnit);
      },
      refresh() {
        limit = readCpuLimit(files);
      },
    };
  },
};

/** Seconds: in all, in user mode, in the kernel. */
type ReadTimes = () => readonly [number, number, number];

/** Not `cpuacct.stat`, which counts in hundredths of a second. */
function timesV1(files: CgroupFiles): ReadTimes {
  const total = files.number('cpuacct', 'cpuacct.usage');
  const inUser = files.number('cpuacct', 'cpuacct.usage_user');
  const inSystem = files.number('cpuacct', 'cpuacct.usage_sys');
  return () => [total() / NANO, inUser() / NANO, inSystem() / NANO];
}

function timesV2(files: CgroupFiles): ReadTimes {
  const times = files.keyed('cpuacct', 'cpu.stat', ['usage_usec', 'user_usec', 'system_usec']);
  return () => {
    const [total = Number.NaN, inUser = Number.NaN, inSystem = Number.NaN] = times();
    return [total / MICRO, inUser / MICRO, inSystem / MICRO];
  };
}
