/** What the Occopus provider makes of Occopus' habits and defects. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createOccopusNodeProvider } from '../../../executor/adapters/occopus-node-provider.ts';
import type { NodeProvider, PoolReport } from '../../../executor/ports.ts';
import { isAppError } from '../../../internal/daemon/app-error.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import type { InstanceState, OccopusInstance, OccopusVersion } from '../../fakes/occopus-infrastructure.ts';
import { type OccopusPool, PASS_MS, startOccopusPool } from '../../fakes/occopus-pool.ts';

const VERSIONS: readonly OccopusVersion[] = ['1.5', '1.10'];
const BUSY = { code: 'conflict' };
const AWAY = { code: 'unavailable' };

const read = ({ provider, pool }: OccopusPool): Promise<PoolReport> => provider.read(pool);

async function scaleTo(occopus: OccopusPool, count: number, provider: NodeProvider = occopus.provider) {
  await provider.scaleTo(occopus.pool, count, await provider.read(occopus.pool));
}

async function remove(occopus: OccopusPool, vmId: string, provider: NodeProvider = occopus.provider) {
  await provider.remove(occopus.pool, vmId, await provider.read(occopus.pool));
}

/** The ids of so many VMs, all ready, oldest first. */
async function growTo(occopus: OccopusPool, count: number): Promise<readonly string[]> {
  await scaleTo(occopus, count);
  await occopus.settle();
  return (await read(occopus)).vms.map(({ id }) => id);
}

const gets = ({ server }: OccopusPool): number => server.calls.filter((one) => one.startsWith('GET')).length;

function firstInstance({ infrastructure, pool }: OccopusPool): OccopusInstance {
  const [instance] = infrastructure.node(pool.node)?.instances.values() ?? [];
  if (instance === undefined) throw new Error('there is no VM');
  return instance;
}

describe('a report', () => {
  test.each([
    ['ready', 'ready'],
    ['pending', 'booting'],
    ['unknown', 'booting'],
    ['failed', 'failed'],
    ['temp_failed', 'failed'],
    ['never heard of', 'booting'],
  ])('with a VM that is %s means %s', async (state, meant) => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    firstInstance(occopus).state = state as InstanceState;
    expect((await read(occopus)).vms).toMatchObject([{ state: meant }]);
  });

  test('with a VM that lost its address means that it is gone', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    occopus.hypervisor.vanish(firstInstance(occopus).id);
    expect((await read(occopus)).vms).toMatchObject([{ state: 'gone', addresses: [] }]);
  });

  test.each(['string', 'list'] as const)('gives addresses as a %s', async (addressForm) => {
    await using occopus = await startOccopusPool({ version: '1.10', addressForm });
    expect((await read(occopus)).vms).toMatchObject([{ addresses: ['10.0.0.1'] }]);
    firstInstance(occopus).addresses = [];
    await occopus.clock.advance(PASS_MS);
    expect((await read(occopus)).vms).toMatchObject([{ addresses: [] }]);
  });

  test('without the node means a pool that is about to get its first VM', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    occopus.server.addInfrastructure('new', [{ name: 'worker', min: 1, max: 2 }]);
    expect(await occopus.provider.read({ infraId: 'new', node: 'worker' })).toEqual({
      min: undefined,
      max: undefined,
      target: 1,
      vms: [],
    });
  });

  test('whose limits are no numbers is of no use, and says what to correct', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    const text = 'three' as unknown as number;
    const odd = occopus.server.addInfrastructure('odd', [{ name: 'worker', min: 1, max: text }]);
    odd.node('worker')?.instances.set('a', { id: 'a', addresses: [], state: 'pending' });
    await expect(occopus.provider.read({ infraId: 'odd', node: 'worker' })).rejects.toThrow(
      /correct its descriptor/,
    );
  });

  test('is shared by those who ask at once, and kept for a second', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    await Promise.all(Array.from({ length: 10 }, () => read(occopus)));
    expect(gets(occopus)).toBeLessThanOrEqual(2);
    const asked = gets(occopus);
    await read(occopus);
    expect(gets(occopus)).toBe(asked);
    await occopus.clock.advance(1_001);
    await read(occopus);
    expect(gets(occopus)).toBe(asked + 1);
  });

  test('names the infrastructure in a path of its own, whatever it is called', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    const odd = { infraId: '../a b/detach?x', node: 'worker' };
    await expect(occopus.provider.read(odd)).rejects.toMatchObject({ code: 'not_found' });
    expect(occopus.server.calls).toEqual(['GET /infrastructures/..%2Fa%20b%2Fdetach%3Fx']);
  });
});

describe('a failure', () => {
  test.each([
    ['html_500', /HTTP 500/],
    ['error_body', /redis is away/],
  ] as const)('of the kind %s is unavailable, for reads and requests', async (fault, words) => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    const [first = ''] = await growTo(occopus, 2);
    const seen = await read(occopus);
    occopus.server.setFault(fault);
    await expect(occopus.provider.scaleTo(occopus.pool, 3, seen)).rejects.toMatchObject(AWAY);
    await expect(read(occopus)).rejects.toThrow(words);
    await expect(occopus.provider.remove(occopus.pool, first, seen)).rejects.toMatchObject(AWAY);
    occopus.server.setFault(undefined);
    await occopus.settle();
    expect(await read(occopus)).toEqual(seen);
  });

  test('of a connection costs a read nothing: it is sent once more', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    occopus.server.setFault('lost_answer', 'GET');
    expect(await read(occopus)).toMatchObject({ target: 1 });
    expect(gets(occopus)).toBe(2);
  });

  test.each(VERSIONS)('of %s to answer a request is never met with the same again', async (version) => {
    await using occopus = await startOccopusPool({ version });
    await growTo(occopus, 2);
    const before = occopus.posts().length;
    occopus.server.setFault('lost_answer', 'POST');
    await expect(scaleTo(occopus, 3)).rejects.toMatchObject(AWAY);
    expect(await read(occopus)).toMatchObject({ target: 3 });
    await scaleTo(occopus, 3);
    expect(occopus.posts()).toHaveLength(before + 1);
  });

  test('of 1.10 at scaleto is not taken for a missing route', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    await growTo(occopus, 2);
    occopus.server.setFault('html_500', 'POST');
    await expect(scaleTo(occopus, 3)).rejects.toMatchObject(AWAY);
    expect(occopus.posts().filter((one) => one.startsWith('scaleup'))).toEqual([]);
  });

  test('to answer at all ends with the executor', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    const stop = new AbortController();
    const options = { url: occopus.server.url, clock: systemClock, signal: stop.signal };
    occopus.server.setFault('silent');
    const reading = createOccopusNodeProvider(options).read(occopus.pool);
    await eventually('the request is there', () => gets(occopus) === 1);
    stop.abort();
    await expect(reading).rejects.toMatchObject(AWAY);
  });
});

describe('requests', () => {
  test('to 1.5 are increments, after scaleto was tried once', async () => {
    await using occopus = await startOccopusPool({ version: '1.5' });
    await growTo(occopus, 2);
    await growTo(occopus, 3);
    expect(occopus.posts()).toEqual(['scaleto/worker/2', 'scaleup/worker/1', 'scaleup/worker/1']);
  });

  test('to 1.10 name the number', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    await scaleTo(occopus, 3);
    expect(occopus.posts()).toEqual(['scaleto/worker/3']);
  });

  test('on a report that is no longer true are not sent', async () => {
    await using occopus = await startOccopusPool({ version: '1.5' });
    const seen = await read(occopus);
    await scaleTo(occopus, 2);
    const sent = occopus.posts().length;
    await expect(occopus.provider.scaleTo(occopus.pool, 2, seen)).rejects.toMatchObject(BUSY);
    expect(occopus.posts()).toHaveLength(sent);
  });

  test.each(
    VERSIONS.flatMap((version) => [
      [version, 'the same executor'] as const,
      [version, 'one that was restarted'] as const,
    ]),
  )('of %s to stop wait until starts are settled, and the other way round, by %s', async (version, who) => {
    await using occopus = await startOccopusPool({ version });
    const [first = ''] = await growTo(occopus, 2);
    const asker = (): NodeProvider =>
      who === 'the same executor' ? occopus.provider : occopus.createProvider();
    await scaleTo(occopus, 3);
    await expect(remove(occopus, first, asker())).rejects.toMatchObject(BUSY);
    await occopus.settle();
    await remove(occopus, first);
    await expect(scaleTo(occopus, 3, asker())).rejects.toMatchObject(BUSY);
    expect(occopus.posts().filter((one) => one.startsWith('scaledown'))).toHaveLength(1);
    await occopus.settle();
    expect(occopus.hypervisor.running()).toHaveLength(2);
    await growTo(occopus, 3);
    expect(occopus.hypervisor.running()).toHaveLength(3);
  });

  test.each(VERSIONS)('of %s to start and to stop are two passes apart, even if settled', async (version) => {
    await using occopus = await startOccopusPool({ version });
    const [first = ''] = await growTo(occopus, 2);
    const settled = { target: 1, vms: [{ state: 'ready' }] };
    await remove(occopus, first);
    await occopus.clock.advance(15_000);
    expect(await read(occopus)).toMatchObject(settled);
    await expect(scaleTo(occopus, 2)).rejects.toMatchObject(BUSY);
    await occopus.clock.advance(5_000);
    await scaleTo(occopus, 2);

    await occopus.clock.advance(15_000);
    const { vms } = await read(occopus);
    expect(vms).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
    await expect(remove(occopus, vms[0]?.id ?? '')).rejects.toMatchObject(BUSY);
    await occopus.clock.advance(5_000);
    await remove(occopus, vms[0]?.id ?? '');
    await occopus.settle();
    expect(await read(occopus)).toMatchObject(settled);
  });

  test('to stop are not sent at Occopus’ minimum, where they would be dropped', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    await expect(remove(occopus, firstInstance(occopus).id)).rejects.toThrow(/minimum of 1/);
    expect(occopus.posts()).toEqual([]);
  });

  test.each(VERSIONS)('of %s to stop are not repeated by an executor that was restarted', async (version) => {
    await using occopus = await startOccopusPool({ version });
    const [first = '', ...rest] = await growTo(occopus, 3);
    await remove(occopus, first);
    await remove(occopus, first, occopus.createProvider());
    expect(occopus.posts().filter((one) => one.startsWith('scaledown'))).toHaveLength(1);
    await occopus.settle();
    expect((await read(occopus)).vms.map(({ id }) => id)).toEqual(rest);
  });

  test.each(VERSIONS)('of %s beyond the quota can be taken back', async (version) => {
    await using occopus = await startOccopusPool({ version });
    occopus.hypervisor.setQuota(1);
    await growTo(occopus, 3);
    expect(await read(occopus)).toMatchObject({ target: 3, vms: [{}] });
    await scaleTo(occopus, 1);
    await occopus.provider.maintain(occopus.pool, true);
    await occopus.settle();
    occopus.hypervisor.setQuota(3);
    await occopus.settle();
    expect(await read(occopus)).toMatchObject({ target: 1, vms: [{}] });
  });
});

describe('maintenance', () => {
  test('is taken up when Occopus was restarted', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    occopus.server.restart();
    await occopus.provider.maintain(occopus.pool, false);
    expect(occopus.infrastructure.isMaintained()).toBe(true);
  });

  test('of 1.5 that died is revived by letting go of the pool first', async () => {
    await using occopus = await startOccopusPool({ version: '1.5' });
    occopus.hypervisor.failNextBoot();
    await growTo(occopus, 2);
    await occopus.provider.maintain(occopus.pool, false);
    expect(occopus.infrastructure.isMaintained()).toBe(false);
    await occopus.provider.maintain(occopus.pool, true);
    await occopus.settle();
    expect(await read(occopus)).toMatchObject({ target: 2, vms: [{}, {}] });
  });

  test('of an unknown infrastructure is not found', async () => {
    await using occopus = await startOccopusPool({ version: '1.10' });
    const unknown = { infraId: 'nowhere', node: 'worker' };
    for (const stuck of [false, true])
      await expect(occopus.provider.maintain(unknown, stuck)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('whatever is asked, in any order and at any moment', () => {
  type Wish =
    | { readonly kind: 'scaleTo'; readonly count: number }
    | { readonly kind: 'remove'; readonly index: number }
    | { readonly kind: 'wait'; readonly ms: number }
    | { readonly kind: 'lose' | 'restart_executor' };
  const wish: fc.Arbitrary<Wish> = fc.oneof(
    fc.record({ kind: fc.constant('scaleTo' as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('remove' as const), index: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
    fc.record({ kind: fc.constantFrom('lose' as const, 'restart_executor' as const) }),
  );

  /** Asks as the executor does: on a fresh report, and giving way to a refusal. Returns the VM that it named. */
  async function make(
    occopus: OccopusPool,
    provider: NodeProvider,
    wanted: Wish,
  ): Promise<string | undefined> {
    const seen = await provider.read(occopus.pool);
    const named = wanted.kind === 'remove' ? seen.vms[wanted.index]?.id : undefined;
    try {
      if (named !== undefined) await provider.remove(occopus.pool, named, seen);
      // Fewer than there are would leave the choice to Occopus; the executor names its victims.
      if (wanted.kind === 'scaleTo' && wanted.count >= seen.vms.length)
        await provider.scaleTo(occopus.pool, wanted.count, seen);
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
    return named;
  }

  test.each(VERSIONS)(
    '%s stops no VM that was not named, and ends with its target',
    async (version) => {
      await fc.assert(
        fc.asyncProperty(fc.array(wish, { maxLength: 12 }), async (wishes) => {
          await using occopus = await startOccopusPool({ version });
          let { provider } = occopus;
          const seen = new Set<string>();
          const named = new Set<string | undefined>();
          for (const wanted of wishes) {
            for (const id of occopus.hypervisor.running()) seen.add(id);
            if (wanted.kind === 'wait') await occopus.clock.advance(wanted.ms);
            else if (wanted.kind === 'lose') occopus.server.setFault('lost_answer', 'POST');
            else if (wanted.kind === 'restart_executor') provider = occopus.createProvider();
            else named.add(await make(occopus, provider, wanted));
          }
          await occopus.settle();
          const running = occopus.hypervisor.running();
          const gone = [...seen].filter((id) => !running.includes(id));
          expect(gone.filter((id) => !named.has(id))).toEqual([]);
          expect((await provider.read(occopus.pool)).target).toBe(running.length);
        }),
        { numRuns: 200 },
      );
    },
    60_000,
  );
});
