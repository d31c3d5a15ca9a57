import { type CgroupCollector, gauge } from './collector.ts';

export const threads = gauge('container_threads', 'Threads that run in the container.');
export const processes = gauge('container_processes', 'Processes that run in the container.');

export const pidsCollector: CgroupCollector = {
  name: 'pids',
  families: [threads, processes],
  open({ files, labels }) {
    const threadsNow = files.number('pids', 'pids.current');
    const processesNow = files.lines('pids', 'cgroup.procs');
    return {
      read(out) {
        out.add(threads, labels, threadsNow.read().value);
        const count = processesNow.read().value;
        // None: the processes are in cgroups further down (an init system in the container), and were not counted.
        if (count > 0) out.add(processes, labels, count);
      },
    };
  },
  openStats: ({ labels, stats }) => ({
    read: (out) => out.add(threads, labels, stats()?.threads ?? Number.NaN),
  }),
};
