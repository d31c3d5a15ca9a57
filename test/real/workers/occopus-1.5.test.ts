/**
 * MiCADO 0.3's own Occopus: no `scaleto`, and a maintenance process that ends at its first failure, while the service still
 * says that it maintains. One way up and one way down, with the process dead in the middle of each. Nodes have no label of their
 * VM, as cloud-init of that time set none: addresses tell.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

/** After it the executor takes a provider for stuck that does not do what it was asked for. */
const STUCK_AFTER = '12s';

let pool: Pool;

beforeAll(async () => {
  pool = await startPool({
    min: 1,
    max: 3,
    occopusVersion: '1.5',
    attached: false,
    labelsVm: false,
    env: { MICADO_WORKER_BOOT_DEADLINE: STUCK_AFTER },
  });
  await pool.settled(1);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

const infrastructure = () => {
  const { occopus, infraId } = pool.stage.cloud;
  const found = occopus.infrastructure(infraId);
  if (found === undefined) throw new Error(`there is no ${infraId}`);
  return found;
};

const untilDead = (): Promise<unknown> =>
  eventually('the maintenance process is dead', () => !infrastructure().isMaintained(), { withinMs: 60_000 });

const postsOf = (what: string): readonly string[] =>
  pool.proxy.passed.filter((request) => request.startsWith('POST ') && request.split('/').includes(what));

const revivals = async (): Promise<number> =>
  (await pool.decisions()).filter(({ reason }) => reason === 'provider_stuck').length;

describe('an Occopus 1.5', () => {
  test('is attached when the executor starts', () => {
    expect(infrastructure().isMaintained()).toBe(true);
    expect(postsOf('attach')).toHaveLength(1);
  });

  test('brings one worker by increments, though its process dies of a boot that fails', async () => {
    const watch = pool.watch();
    pool.stage.cloud.failNextBoot();
    await createDemand(pool, 2);
    await untilDead();
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
    expect(postsOf('scaleup')).toHaveLength(1);
    expect(postsOf('detach')).toHaveLength(1);
    expect(postsOf('attach')).toHaveLength(2);
    expect(await revivals()).toBe(1);
  }, 200_000);

  test('stops exactly the worker that was emptied, though its process died before it could', async () => {
    const before = pool.stage.cloud.vms();
    const watch = pool.watch();
    infrastructure().die();
    await removeDemand(pool);
    await pool.settled(1, 150_000);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
    const [stayed] = pool.stage.cloud.vms();
    const gone = before.find(({ id }) => id !== stayed?.id);
    expect(postsOf('scaledown').map((path) => path.split('/').at(-1))).toEqual([gone?.id]);
    expect((await pool.nodes()).map(({ address }) => address)).toEqual([stayed?.engine.address]);
    expect(postsOf('detach')).toHaveLength(2);
    expect(await revivals()).toBe(2);
  }, 240_000);
});
