import type { PoolReport, ProviderVm } from '../ports.ts';
import type { OccopusInstance, OccopusReport } from './occopus-api.ts';

/**
 * What Occopus says of a node, in our words. It does not tell which VM it is about to stop: that is the one that was asked
 * for last, as long as fewer are wanted than there are.
 */
export function toPoolReport(
  node: OccopusReport[string] | undefined,
  removed: string | undefined,
): PoolReport {
  // A node that is absent has no VM yet; Occopus never wants fewer than one.
  if (node === undefined) return { min: undefined, max: undefined, target: 1, vms: [] };
  const { min, max, target } = node.scaling;
  const instances = Object.entries(node.instances);
  const isStopping = target < instances.length;
  const vms = instances.map(([id, instance]) => toVm(id, instance, isStopping && id === removed));
  return { min, max, target, vms };
}

function toVm(
  id: string,
  { resource_address: address, state }: OccopusInstance,
  isRemoved: boolean,
): ProviderVm {
  const list = typeof address === 'string' ? [address] : (address ?? []);
  const addresses = list.filter((one) => one !== '');
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
