import { createPoolPrograms, type PoolProgramsOptions } from '../../internal/daemon/pool-programs.ts';
import type { NodeProvider } from '../ports.ts';

/** Worker VMs through the operator's own programs. */
export function createCommandNodeProvider(options: PoolProgramsOptions): NodeProvider {
  const programs = createPoolPrograms(options);
  return {
    name: 'command',
    async read(pool) {
      const { min, max, target, vms } = await programs.list(pool);
      return { min, max, target, vms };
    },
    async scaleTo(pool, wanted, seen) {
      if (wanted !== seen.target) await programs.up(pool, wanted);
    },
    async remove(pool, vmId, seen) {
      const state = seen.vms.find(({ id }) => id === vmId)?.state;
      if (state !== undefined && state !== 'stopping') await programs.down(pool, vmId);
    },
    maintain: async () => {},
  };
}
