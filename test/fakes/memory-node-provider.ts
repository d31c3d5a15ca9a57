/**
 * A cloud in memory: VMs boot when a test says so, and go when a test says so. State that outlives any executor.
 */
import type { NodeProvider, PoolId, PoolReport, ProviderVm } from '../../executor/ports.ts';
import { AppError } from '../../internal/daemon/app-error.ts';

type VmState = ProviderVm['state'];

export type MemoryPool = {
  min: number | undefined;
  max: number | undefined;
  target: number;
  vms: ProviderVm[];
};

export type MemoryNodeProvider = NodeProvider & {
  /** Requests that came in, in order: `scaleTo 3`, `remove vm-2`, `maintain`, `maintain stuck`. */
  readonly requests: readonly string[];
  pool(id: PoolId): MemoryPool;
  addPool(id: PoolId, pool?: Partial<MemoryPool>): MemoryPool;
  setVm(id: PoolId, vmId: string, change: Partial<ProviderVm>): void;
  /** The VMs asked to stop are gone; those that are missing boot, named `vm-<n>` with an address each. */
  pass(id: PoolId, bootTo?: VmState): void;
  /** Every call fails with this problem; undefined: it answers again. */
  away: string | undefined;
  /** The next request is carried out, and its answer lost. */
  loseNextAnswer: boolean;
};

export function createMemoryNodeProvider(): MemoryNodeProvider {
  const pools = new Map<string, MemoryPool>();
  const requests: string[] = [];
  let counter = 0;
  const keyOf = ({ infraId, node }: PoolId): string => `${infraId}/${node}`;
  const pool = (id: PoolId): MemoryPool => {
    const found = pools.get(keyOf(id));
    if (found === undefined) throw new AppError('not_found', `there is no infrastructure ${id.infraId}`);
    return found;
  };
  const requested = async (text: string, carryOut: () => void): Promise<void> => {
    if (provider.away !== undefined) throw new AppError('unavailable', provider.away);
    carryOut();
    requests.push(text);
    if (!provider.loseNextAnswer) return;
    provider.loseNextAnswer = false;
    throw new AppError('unavailable', 'the answer was lost');
  };
  const clamp = (count: number, { min = 0, max = Number.POSITIVE_INFINITY }: MemoryPool): number =>
    Math.min(Math.max(count, min), max);
  const changeVm = (of: MemoryPool, vmId: string, change: Partial<ProviderVm>): void => {
    of.vms = of.vms.map((vm) => (vm.id === vmId ? { ...vm, ...change } : vm));
  };

  const provider: MemoryNodeProvider = {
    name: 'command',
    requests,
    away: undefined,
    loseNextAnswer: false,
    pool,
    addPool(id, { min, max, target, vms = [] } = {}) {
      const added = { min, max, target: target ?? vms.length, vms };
      pools.set(keyOf(id), added);
      return added;
    },
    setVm: (id, vmId, change) => changeVm(pool(id), vmId, change),
    pass(id, bootTo = 'ready') {
      const of = pool(id);
      of.vms = of.vms.filter(({ state }) => state !== 'stopping');
      while (of.vms.length < of.target) {
        counter += 1;
        of.vms = [...of.vms, { id: `vm-${counter}`, addresses: [`10.0.0.${counter}`], state: bootTo }];
      }
    },
    async read(id) {
      if (provider.away !== undefined) throw new AppError('unavailable', provider.away);
      const { min, max, target, vms } = pool(id);
      return { min, max, target, vms: [...vms] } satisfies PoolReport;
    },
    scaleTo: (id, count) =>
      requested(`scaleTo ${count}`, () => {
        const of = pool(id);
        of.target = clamp(count, of);
      }),
    remove: (id, vmId) =>
      requested(`remove ${vmId}`, () => {
        const of = pool(id);
        const vm = of.vms.find(({ id }) => id === vmId);
        if (vm === undefined || vm.state === 'stopping') return;
        of.target = clamp(of.target - 1, of);
        changeVm(of, vmId, { state: 'stopping' });
      }),
    maintain: (id, stuck) => requested(stuck ? 'maintain stuck' : 'maintain', () => void pool(id)),
  };
  return provider;
}
