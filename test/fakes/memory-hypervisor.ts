/** A cloud without VMs: boots take the clock's time, and fail as a test says. */
import type { Clock } from '../../internal/daemon/clock.ts';
import type { Hypervisor } from './occopus-infrastructure.ts';

export type MemoryHypervisor = Hypervisor & {
  /** Ids of the VMs that somebody pays for. */
  running(): readonly string[];
  failNextBoot(): void;
  failNextDestroy(): void;
  setQuota(vms: number): void;
  /** The VM is gone, and nobody asked for that. */
  vanish(id: string): void;
};

export function createMemoryHypervisor(clock: Clock, bootMs: number): MemoryHypervisor {
  const vms = new Set<string>();
  let quota = Number.POSITIVE_INFINITY;
  let failNext: 'boot' | 'destroy' | undefined;
  let counter = 0;
  return {
    async boot({ id }) {
      if (vms.size >= quota) throw new Error('the quota is used up');
      vms.add(id);
      await clock.sleep(bootMs);
      if (failNext === 'boot') {
        failNext = undefined;
        vms.delete(id);
        throw new Error('the boot failed');
      }
      counter += 1;
      return [`10.0.0.${counter}`];
    },
    async destroy(id) {
      if (failNext === 'destroy') {
        failNext = undefined;
        throw new Error('the cloud did not stop the VM');
      }
      vms.delete(id);
    },
    isRunning: (id) => vms.has(id),
    running: () => [...vms],
    failNextBoot() {
      failNext = 'boot';
    },
    failNextDestroy() {
      failNext = 'destroy';
    },
    setQuota(limit) {
      quota = limit;
    },
    vanish: (id) => void vms.delete(id),
  };
}
