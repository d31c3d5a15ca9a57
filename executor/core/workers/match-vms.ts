/**
 * Which VM of the provider is which node of the Swarm: by the label that the node got when it joined, else by its address.
 * What is ambiguous stays unmatched: a wrong machine must never be stopped.
 */
import { POOL_VM_NODE_LABEL } from '../../../internal/contract/labels.ts';
import type { ProviderVm } from './pool-report.ts';
import type { WorkerNode } from './swarm-view.ts';

export type VmOfNode =
  | { readonly kind: 'one'; readonly vm: ProviderVm }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly ids: readonly string[] };

export function vmOfNode(
  node: WorkerNode,
  vms: readonly ProviderVm[],
  nodes: readonly WorkerNode[],
): VmOfNode {
  const label = node.labels[POOL_VM_NODE_LABEL];
  const matching = vms.filter((vm) =>
    label === undefined ? vm.addresses.includes(node.address) : vm.id === label,
  );
  const [vm] = matching;
  if (vm === undefined) return { kind: 'none' };
  if (matching.length > 1) return { kind: 'several', ids: matching.map(({ id }) => id) };
  // Nodes that left without being removed keep their address: only the living ones contend for the VM.
  const rivals = nodes.filter((other) => other.id !== node.id && other.state !== 'down' && claims(other, vm));
  return rivals.length === 0 ? { kind: 'one', vm } : { kind: 'several', ids: [vm.id] };
}

function claims({ labels, address }: WorkerNode, vm: ProviderVm): boolean {
  const label = labels[POOL_VM_NODE_LABEL];
  return label === undefined ? vm.addresses.includes(address) : label === vm.id;
}

export type NotJoined = {
  readonly vms: readonly ProviderVm[];
  /** Some Ready node is of no known VM: which of these have joined after all cannot be told. */
  readonly isCertain: boolean;
};

/** VMs that are no Ready node of the Swarm. */
export function notJoined(vms: readonly ProviderVm[], nodes: readonly WorkerNode[]): NotJoined {
  const ready = nodes.filter(({ state }) => state === 'ready');
  const matches = ready.map((node) => vmOfNode(node, vms, nodes));
  const joined = new Set(matches.flatMap((match) => (match.kind === 'one' ? [match.vm.id] : [])));
  const unmatched = vms.filter((vm) => !joined.has(vm.id));
  const nameless = matches.filter(({ kind }) => kind !== 'one').length;
  return { vms: unmatched.length <= nameless ? [] : unmatched, isCertain: nameless === 0 };
}
