/** A cloud whose VMs are virtual machines, one after the other. */
import type { Hypervisor } from '../fakes/occopus-infrastructure.ts';
import type { Guest } from './guest.ts';

export type GuestHypervisor = Hypervisor & {
  vms(): readonly { readonly id: string; readonly guest: Guest }[];
};

/** @param start switches the VM on. Like a cloud, `boot` does not wait for what becomes of it. */
export function createGuestHypervisor(start: (vmId: string) => Promise<Guest>): GuestHypervisor {
  const guests = new Map<string, Guest>();
  return {
    async boot({ id }) {
      const guest = await start(id);
      guests.set(id, guest);
      return [guest.address];
    },
    async destroy(id) {
      const guest = guests.get(id);
      guests.delete(id);
      await guest?.stop();
    },
    isRunning: (id) => guests.has(id),
    vms: () => [...guests].map(([id, guest]) => ({ id, guest })),
  };
}
