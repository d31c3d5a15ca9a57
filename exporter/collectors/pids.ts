import { type CgroupCollector, gauge } from './collector.ts';

export const threads = gauge('container_threads', 'Threads that run in the container.');
export const processes = gauge('container_processes', 'Processes that run in the container.');

export const pidsCollector: CgroupCollector = {
  name: 'pids',
  families: [threads, processes],
  open({ files, labels }) {
    const readThreads = files.number('pids', 'pids.current');
    const readProcesses = files.lines('pids', 'cgroup.procs');
    return {
      read(out) {
        out.add(threads, labels, readThreads());
        const count = readProcesses();
        // None: the processes are in cgroups further down (an init system in the container), and were not counted.
        if (count > 0) out.add(processes, labels, count);
      },
    };
  },
  openStats: ({ labels, stats }) => ({
    read: (out) => out.add(threads, labels, stats()?.threads ?? Number.NaN),
  }),
};
