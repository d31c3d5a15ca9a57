import { AppError } from '../../internal/daemon/app-error.ts';
import type { NodeProvider } from '../ports.ts';

/** Nobody starts VMs here: an empty pool, of which nothing can be asked. */
export function createNoneNodeProvider(): NodeProvider {
  const refuse = async (): Promise<never> => {
    throw new AppError('invalid', 'there is no node provider: set --node-provider');
  };
  return {
    name: 'none',
    read: async () => ({ min: undefined, max: undefined, target: 0, vms: [] }),
    scaleTo: refuse,
    remove: refuse,
    maintain: async () => {},
  };
}
