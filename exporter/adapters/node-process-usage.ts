import type { ProcessUsage } from '../ports.ts';

export const nodeProcessUsage: ProcessUsage = {
  cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  residentBytes: () => process.memoryUsage.rss(),
};
