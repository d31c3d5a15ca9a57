/** What the executor takes for granted of whoever starts and stops VMs. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NodeProvider, PoolId, PoolReport } from '../../../executor/ports.ts';

/** A pool from one to three VMs, one of which is ready. */
export type NodeProviderSubject = AsyncDisposable & {
  readonly provider: NodeProvider;
  readonly pool: PoolId;
  /** Whatever was asked for has happened after this. */
  letTimePass(): Promise<void>;
  /** Nobody answers any more. */
  goAway(): Promise<void>;
  /** The next request is carried out, as far as it is understood, and its answer lost. */
  loseNextAnswer(): void;
};

export function describeNodeProvider(name: string, start: () => Promise<NodeProviderSubject>): void {
  describe(`the VMs of ${name}`, () => {
    let subject: NodeProviderSubject;
    let provider: NodeProvider;
    beforeEach(async () => {
      subject = await start();
      ({ provider } = subject);
    });
    afterEach(async () => {
      await subject[Symbol.asyncDispose]();
    });
    const read = (): Promise<PoolReport> => provider.read(subject.pool);
    const idsOf = ({ vms }: PoolReport): readonly string[] => vms.map(({ id }) => id);
    const scaleTo = async (count: number): Promise<void> =>
      await provider.scaleTo(subject.pool, count, await read());
    const remove = async (vmId: string): Promise<void> =>
      await provider.remove(subject.pool, vmId, await read());
    const grownTo = async (count: number): Promise<PoolReport> => {
      await scaleTo(count);
      await subject.letTimePass();
      return await read();
    };

    test('are reported with id, address and state, beside what was asked for', async () => {
      expect(await read()).toEqual({
        min: 1,
        max: 3,
        target: 1,
        vms: [{ id: expect.any(String), addresses: [expect.any(String)], state: 'ready' }],
      });
    });

    test('of an unknown infrastructure are not found', async () => {
      const unknown = provider.read({ infraId: 'nowhere', node: subject.pool.node });
      await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
    });

    test('become as many as are asked for, and the target says so at once', async () => {
      await scaleTo(3);
      expect((await read()).target).toBe(3);
      await subject.letTimePass();
      const after = await read();
      expect(after.vms.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
      expect(new Set(idsOf(after)).size).toBe(3);
    });

    test('do not become more when the same is asked again', async () => {
      await scaleTo(2);
      await scaleTo(2);
      await subject.letTimePass();
      expect(await read()).toMatchObject({ target: 2, vms: [{}, {}] });
    });

    test('go one by one, each by its name', async () => {
      const [first = '', second = '', third = ''] = idsOf(await grownTo(3));
      for (const [victim, rest] of [
        [second, [first, third]],
        [first, [third]],
      ] as const) {
        await remove(victim);
        expect((await read()).target).toBe(rest.length);
        await subject.letTimePass();
        expect(idsOf(await read())).toEqual(rest);
      }
    });

    test('are stopping as soon as that is asked, and it is asked only once', async () => {
      const [victim = ''] = idsOf(await grownTo(3));
      await remove(victim);
      expect((await read()).vms.filter(({ state }) => state === 'stopping')).toMatchObject([{ id: victim }]);
      await remove(victim);
      await subject.letTimePass();
      expect(await read()).toMatchObject({ target: 2, vms: [{}, {}] });
    });

    test('that are gone already need not be stopped', async () => {
      await grownTo(2);
      await remove('no-such-vm');
      await subject.letTimePass();
      expect(await read()).toMatchObject({ target: 2, vms: [{}, {}] });
    });

    test('come back after a stop when they are asked for later', async () => {
      const [victim = ''] = idsOf(await grownTo(2));
      await remove(victim);
      await subject.letTimePass();
      expect((await grownTo(3)).vms).toHaveLength(3);
    });

    test('are not started twice when the answer was lost', async () => {
      subject.loseNextAnswer();
      await expect(scaleTo(2)).rejects.toMatchObject({ code: 'unavailable' });
      await scaleTo(2);
      await subject.letTimePass();
      expect(await read()).toMatchObject({ target: 2, vms: [{}, {}] });
    });

    test('are not stopped twice when the answer was lost', async () => {
      const [victim = '', ...rest] = idsOf(await grownTo(3));
      const seen = await read();
      subject.loseNextAnswer();
      await expect(provider.remove(subject.pool, victim, seen)).rejects.toMatchObject({
        code: 'unavailable',
      });
      await remove(victim);
      await subject.letTimePass();
      expect(idsOf(await read())).toEqual(rest);
    });

    test.each([false, true])(
      'stay as they are when the provider is told to look after them: stuck %s',
      async (stuck) => {
        const before = await read();
        await provider.maintain(subject.pool, stuck);
        await subject.letTimePass();
        expect(await read()).toEqual(before);
      },
    );

    test('are unknown, not none, while nobody answers', async () => {
      const seen = await grownTo(2);
      await subject.goAway();
      await subject.letTimePass();
      const away = { code: 'unavailable' };
      await expect(read()).rejects.toMatchObject(away);
      await expect(provider.scaleTo(subject.pool, 3, seen)).rejects.toMatchObject(away);
      await expect(provider.remove(subject.pool, idsOf(seen)[0] ?? '', seen)).rejects.toMatchObject(away);
    });
  });
}
