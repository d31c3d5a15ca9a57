/** The end of an infrastructure by the operator's own programs: they know pools, one by one, and stop one VM at a time. */
import { AppError, describeError, isAppError } from '../../internal/daemon/app-error.ts';
import { createPoolPrograms, type PoolProgramsOptions } from '../../internal/daemon/pool-programs.ts';
import type { VmProvider } from '../ports.ts';

export function createCommandVmProvider(options: PoolProgramsOptions): VmProvider {
  const programs = createPoolPrograms(options);
  const listVms = async (infra: string, pools: readonly string[]) => {
    const lists = await Promise.all(
      pools.map(async (node) => {
        const { vms } = await programs.list({ infraId: infra, node }).catch(noneIfUnknown);
        return vms.map((vm) => ({ ...vm, node }));
      }),
    );
    return lists.flat().filter(({ state }) => state !== 'gone');
  };
  return {
    kind: 'command',
    name: 'the command provider',
    async read(infra, pools) {
      const vms = await listVms(infra, pools);
      return vms.length === 0 ? undefined : vms;
    },
    async remove(infra, pools) {
      const failures: string[] = [];
      for (const { id, node, state } of await listVms(infra, pools))
        if (state !== 'stopping')
          await programs
            .down({ infraId: infra, node }, id)
            .catch((error: unknown) => failures.push(describeError(error)));
      if (failures.length > 0) throw new AppError('unavailable', failures.join('; '));
    },
  };
}

function noneIfUnknown(error: unknown): { readonly vms: readonly never[] } {
  if (isAppError(error, 'not_found')) return { vms: [] };
  throw error;
}
