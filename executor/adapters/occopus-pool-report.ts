import type { OccopusInstance, OccopusNodeReport } from '../../internal/contract/occopus.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { PoolReport, ProviderVm } from '../ports.ts';

/**
 * What Occopus says of a node, in our words. It does not tell which VM it is about to stop: that is the one that was asked
 * for last, as long as fewer are wanted than there are.
 */
export function toPoolReport(node: OccopusNodeReport | undefined, removed: string | undefined): PoolReport {
  // A node that is absent has no VM yet; Occopus never wants fewer than one.
  if (node === undefined) return { min: undefined, max: undefined, target: 1, vms: [] };
  const { instances, scaling } = node;
  if (scaling === undefined)
    throw new AppError(
      'unavailable',
      'Occopus has no numbers for the limits of the node: correct its descriptor',
    );
  const { min, max, target } = scaling;
  const isStopping = target < instances.length;
  const vms = instances.map((instance) => toVm(instance, isStopping && instance.id === removed));
  return { min, max, target, vms };
}

function toVm({ id, addresses, state }: OccopusInstance, isRemoved: boolean): ProviderVm {
  const mapped = STATES.get(state) ?? 'booting';
  if (mapped === 'stopping' && addresses.length === 0) return { id, addresses, state: 'gone' };
  return { id, addresses, state: isRemoved ? 'stopping' : mapped };
}

const STATES: ReadonlyMap<string, ProviderVm['state']> = new Map([
  ['ready', 'ready'],
  ['pending', 'booting'],
  ['shutdown', 'stopping'],
  ['failed', 'failed'],
  ['temp_failed', 'failed'],
  ['unknown', 'booting'],
]);
