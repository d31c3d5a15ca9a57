/** Occopus and an operator's programs, as `micado destroy` ends an infrastructure through them. */
import { describe, expect, test } from '@jest/globals';
import { createCommandVmProvider } from '../../../deploy/adapters/command-vm-provider.ts';
import { createOccopusVmProvider } from '../../../deploy/adapters/occopus-vm-provider.ts';
import type { VmProvider } from '../../../deploy/ports.ts';
import type { PoolReport } from '../../../executor/ports.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { type CommandCloud, createCommandCloud } from '../../fakes/command-cloud.ts';
import { createMemoryHypervisor } from '../../fakes/memory-hypervisor.ts';
import { startOccopusServer } from '../../fakes/occopus-server.ts';

type Subject = AsyncDisposable & {
  readonly provider: VmProvider;
  /** What was asked for has happened. */
  settle(): void;
  goAway(): void;
};

/** Each has the pools `worker` with two VMs and `gpu` with one. */
async function openOccopus(): Promise<Subject> {
  const hypervisor = createMemoryHypervisor(systemClock, 0);
  const occopus = await startOccopusServer({ version: '1.10', clock: systemClock, hypervisor, passMs: 20 });
  const nodes = [
    { name: 'worker', min: 2, max: 3 },
    { name: 'gpu', min: 1, max: 1 },
  ];
  occopus.addInfrastructure('infra', nodes).attach();
  await eventually('the VMs are there', () => hypervisor.running().length === 3);
  return {
    provider: createOccopusVmProvider(occopus.url),
    settle: () => {},
    goAway: () => occopus.setFault('html_500'),
    [Symbol.asyncDispose]: () => occopus.stop(),
  };
}

const withVms = (...ids: readonly string[]): PoolReport => ({
  min: 1,
  max: 3,
  target: ids.length,
  vms: ids.map((id) => ({ id, addresses: [`10.0.0.${id.length}`], state: 'ready' })),
});

function commandSubject(cloud: CommandCloud): Subject {
  return {
    provider: createCommandVmProvider({ ...cloud, timeoutMs: 10_000 }),
    settle: () => cloud.settle(),
    goAway: () => cloud.goAway(),
    async [Symbol.asyncDispose]() {
      cloud[Symbol.dispose]();
    },
  };
}

const openCommand = async (): Promise<Subject> =>
  commandSubject(createCommandCloud({ 'infra/worker': withVms('a', 'b'), 'infra/gpu': withVms('c') }));

describe.each([
  ['Occopus', openOccopus],
  ['the command provider', openCommand],
])('%s', (_name, open) => {
  const POOLS = ['gpu', 'worker'];

  test('has the VMs of all pools', async () => {
    await using subject = await open();
    const vms = await subject.provider.read('infra', POOLS);
    expect(vms?.map(({ node }) => node).toSorted()).toEqual(['gpu', 'worker', 'worker']);
    expect(vms?.every(({ addresses }) => addresses.length === 1)).toBe(true);
  });

  test('knows none of an infrastructure that is not there', async () => {
    await using subject = await open();
    expect(await subject.provider.read('other', POOLS)).toBeUndefined();
    await expect(subject.provider.remove('other', POOLS)).resolves.toBeUndefined();
  });

  test('ends all of them, and then knows none', async () => {
    await using subject = await open();
    await subject.provider.remove('infra', POOLS);
    subject.settle();
    expect(await subject.provider.read('infra', POOLS)).toBeUndefined();
  });

  test('is unavailable when it does not answer', async () => {
    await using subject = await open();
    subject.goAway();
    await expect(subject.provider.read('infra', POOLS)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(subject.provider.remove('infra', POOLS)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the command provider', () => {
  test('stops the other VMs although one of them is not stopped, and says so', async () => {
    const cloud = createCommandCloud({ 'infra/worker': withVms('a', 'b') });
    await using subject = commandSubject(cloud);
    cloud.loseNextAnswer();
    await expect(subject.provider.remove('infra', ['worker'])).rejects.toThrow(/the connection broke/);
    cloud.settle();
    expect(await subject.provider.read('infra', ['worker'])).toBeUndefined();
  });
});
