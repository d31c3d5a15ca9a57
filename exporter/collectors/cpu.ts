import { CONTAINER_METRIC } from '../../internal/contract/metrics.ts';
import type { CgroupFiles } from '../cgroup-files.ts';
import type { Family, LabelText, Samples } from '../core/exposition.ts';
import { keyedFormat } from '../core/kernel-text.ts';
import { type CgroupCollector, counter } from './collector.ts';
import { readCpuLimit } from './cpu-limit.ts';

const usage: Family = {
  ...counter(CONTAINER_METRIC.cpuUsageSeconds, 'CPU time used, over all processors.'),
  fixedLabels: [['cpu', 'total']],
};
const user = counter('container_cpu_user_seconds_total', 'CPU time used in user mode.');
const system = counter('container_cpu_system_seconds_total', 'CPU time used in the kernel.');
const periods = counter(CONTAINER_METRIC.cfsPeriods, 'Elapsed CFS periods, where there is a quota.');
const throttledPeriods = counter(CONTAINER_METRIC.cfsThrottledPeriods, 'Throttled CFS periods.');
const throttledSeconds = counter(
  'container_cpu_cfs_throttled_seconds_total',
  'Time for which the container has been throttled.',
);
const burstPeriods = counter(
  'container_cpu_cfs_burst_periods_total',
  'CFS periods with use beyond the quota.',
);
const burstSeconds = counter('container_cpu_cfs_burst_seconds_total', 'CPU time used beyond the quota.');

export const cpuCollector: CgroupCollector = {
  name: 'cpu',
  families: [usage, user, system, periods, throttledPeriods, throttledSeconds, burstPeriods, burstSeconds],
  open({ files, labels }) {
    const read = files.version('cpuacct') === 2 ? readerV2(files) : readerV1(files);
    let limit = readCpuLimit(files);
    return {
      read(out) {
        const limited = !Number.isNaN(limit.quotaMicroseconds);
        addFigures(out, labels, read(limited), limited);
      },
      refresh() {
        limit = readCpuLimit(files);
      },
    };
  },
  openStats({ labels, stats, info }) {
    return {
      read(out) {
        const now = stats()?.cpu;
        if (now === undefined) return;
        const { usageSeconds, userSeconds, systemSeconds, throttledSeconds: throttled } = now;
        const times = { usage: usageSeconds, user: userSeconds, system: systemSeconds, throttled };
        addFigures(out, labels, { ...NONE, ...now, ...times }, info().limits.cpuQuotaMicroseconds > 0);
      },
    };
  },
};

function addFigures(out: Samples, labels: LabelText, now: Figures, limited: boolean): void {
  out.add(usage, labels, now.usage);
  out.add(user, labels, now.user);
  out.add(system, labels, now.system);
  if (!limited) return;
  out.add(periods, labels, now.periods);
  out.add(throttledPeriods, labels, now.throttledPeriods);
  out.add(throttledSeconds, labels, now.throttled);
  out.add(burstPeriods, labels, now.burstPeriods);
  out.add(burstSeconds, labels, now.burst);
}

/** Times in seconds. */
type Figures = {
  usage: number;
  user: number;
  system: number;
  periods: number;
  throttledPeriods: number;
  throttled: number;
  burstPeriods: number;
  burst: number;
};

const NONE: Figures = {
  usage: Number.NaN,
  user: Number.NaN,
  system: Number.NaN,
  periods: Number.NaN,
  throttledPeriods: Number.NaN,
  throttled: Number.NaN,
  burstPeriods: Number.NaN,
  burst: Number.NaN,
};
const NANO = 1e9;
const MICRO = 1e6;
const STAT_V1 = keyedFormat('nr_periods', 'nr_throttled', 'throttled_time', 'nr_bursts', 'burst_time');

/** Of the container that is being read. */
const now = { ...NONE };

/** Not `cpuacct.stat`, which counts in hundredths of a second. */
function readerV1(files: CgroupFiles): (limited: boolean) => Figures {
  const total = files.number('cpuacct', 'cpuacct.usage');
  const inUser = files.number('cpuacct', 'cpuacct.usage_user');
  const inSystem = files.number('cpuacct', 'cpuacct.usage_sys');
  const stat = files.keyed('cpu', 'cpu.stat', STAT_V1);
  return (limited) => {
    now.usage = total.read().value / NANO;
    now.user = inUser.read().value / NANO;
    now.system = inSystem.read().value / NANO;
    if (limited) {
      const values = stat.read();
      now.periods = values[0] as number;
      now.throttledPeriods = values[1] as number;
      now.throttled = (values[2] as number) / NANO;
      now.burstPeriods = values[3] as number;
      now.burst = (values[4] as number) / NANO;
    }
    return now;
  };
}

const STAT_V2 = keyedFormat(
  'usage_usec',
  'user_usec',
  'system_usec',
  'nr_periods',
  'nr_throttled',
  'throttled_usec',
  'nr_bursts',
  'burst_usec',
);

/** One file has it all; the last five only where the cpu controller is on. */
function readerV2(files: CgroupFiles): () => Figures {
  const stat = files.keyed('cpuacct', 'cpu.stat', STAT_V2);
  return () => {
    const values = stat.read();
    now.usage = (values[0] as number) / MICRO;
    now.user = (values[1] as number) / MICRO;
    now.system = (values[2] as number) / MICRO;
    now.periods = values[3] as number;
    now.throttledPeriods = values[4] as number;
    now.throttled = (values[5] as number) / MICRO;
    now.burstPeriods = values[6] as number;
    now.burst = (values[7] as number) / MICRO;
    return now;
  };
}
