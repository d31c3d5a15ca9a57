/**
 * Which nodes of the Swarm are workers of an infrastructure, and what is left of it in the end. Occopus forgets what it
 * deletes whether the VMs stopped or not, so the Swarm is the witness: a node that stays Ready runs on.
 */
import { POOL_NODE_LABEL, POOL_VM_NODE_LABEL } from '../../internal/contract/labels.ts';
import { poolOfTarget } from './executor-answers.ts';
import type { InfrastructureVm } from './infrastructure-vm.ts';

export type WorkerNode = {
  readonly id: string;
  readonly hostname: string;
  readonly address: string;
  readonly role: 'manager' | 'worker';
  readonly availability: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type DoomedInfrastructure = {
  readonly infra: string;
  /** Names of its pools. */
  readonly pools: readonly string[];
  /** Those of them that another infrastructure has too: of their nodes only the VMs tell whose they are. */
  readonly shared: readonly string[];
  readonly vms: readonly InfrastructureVm[];
};

/** @param targets the executor's, pools of other infrastructures among them */
export function describeDoomed(
  infra: string,
  vms: readonly InfrastructureVm[],
  targets: readonly string[],
): DoomedInfrastructure {
  const known = targets.flatMap((target) => poolOfTarget(target) ?? []);
  const namesOf = (isOwn: boolean): readonly string[] =>
    known.filter((pool) => (pool.infra === infra) === isOwn).map(({ node }) => node);
  const pools = [...new Set([...namesOf(true), ...vms.map(({ node }) => node)])].sort();
  return { infra, pools, shared: pools.filter((pool) => namesOf(false).includes(pool)), vms };
}

/** Never a manager, whatever its labels say. */
export function workersOf(
  { pools, shared, vms }: DoomedInfrastructure,
  nodes: readonly WorkerNode[],
): readonly WorkerNode[] {
  return nodes.filter((node) => {
    const pool = node.labels[POOL_NODE_LABEL] ?? '';
    if (node.role === 'manager' || !pools.includes(pool)) return false;
    return !shared.includes(pool) || vms.some((vm) => isVmOf(vm, node));
  });
}

export function isVmOf({ id, addresses }: InfrastructureVm, { labels, address }: WorkerNode): boolean {
  const label = labels[POOL_VM_NODE_LABEL];
  return label === undefined ? addresses.includes(address) : label === id;
}

export type Aftermath = {
  /** What the provider says now; undefined when it knows the infrastructure no more. */
  readonly report: readonly InfrastructureVm[] | undefined;
  /** Workers of the infrastructure that the Swarm still has. */
  readonly workers: readonly WorkerNode[];
};

/** Every VM is gone, as far as anybody here can see. */
export const isOver = ({ report, workers }: Aftermath): boolean =>
  report === undefined && workers.every(({ state }) => state === 'down');

/** Nodes to take out of the Swarm. One whose VM the provider still has may come back: it stays. */
export const deadWorkers = ({ report = [], workers }: Aftermath): readonly WorkerNode[] =>
  workers.filter((node) => node.state === 'down' && !report.some((vm) => isVmOf(vm, node)));

/** One line for each thing that is left. */
export function describeRemains(
  infra: string,
  provider: string,
  { report, workers }: Aftermath,
): readonly string[] {
  const known =
    report === undefined
      ? []
      : [
          `${provider} still has ${infra}, with ${report.length} VMs`,
          ...report.map(({ id, node, addresses }) =>
            `  VM ${id} of ${node} ${addresses.join(', ')}`.trimEnd(),
          ),
        ];
  const running = workers
    .filter(({ state }) => state !== 'down')
    .map(
      (node) =>
        `node ${nameOf(node)} is still ${node.state} in the Swarm: its VM runs on; stop it in the cloud`,
    );
  return [...known, ...running];
}

/** What an operator has to do where nobody else can. */
export function describeStopByHand(workers: readonly WorkerNode[]): string {
  const living = workers.filter(({ state }) => state !== 'down');
  return living.length === 0
    ? 'there is no VM to stop'
    : `nobody here can: stop these VMs in the cloud now: ${living.map(nameOf).join(', ')}`;
}

function nameOf({ hostname, address, labels }: WorkerNode): string {
  const vm = labels[POOL_VM_NODE_LABEL];
  return `${hostname} (${address}${vm === undefined ? '' : `, VM ${vm}`})`;
}

/** VMs that never were a node of the Swarm: nobody here can tell whether they are gone. */
export function unwitnessedVms(
  { vms }: DoomedInfrastructure,
  workers: readonly WorkerNode[],
): readonly InfrastructureVm[] {
  return vms.filter((vm) => !workers.some((node) => isVmOf(vm, node)));
}
