/** What can happen in the middle of a drain, and to a worker at any time. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServedApp } from '../../cluster/story/served-app.ts';
import type { NodeView } from '../../cluster/story/swarm-view.ts';
import { eventually } from '../../eventually.ts';
import { waitForRunning } from '../support/services.ts';
import { changeDemand, createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { createLingerer } from './support/lingerer.ts';
import { type Pool, startPool } from './support/pool.ts';

const BOUNDS = { min: 1, max: 3 } as const;
const APP = { name: 'app', port: 8080, replicas: 1, pool: 'worker' } as const;

let pool: Pool;

beforeAll(async () => {
  pool = await startPool({ ...BOUNDS, cloudBounds: { min: 1, max: 4 } });
  await pool.settled(1);
  await createLingerer(pool);
  await createServedApp(pool.engine.docker, APP);
  await waitForRunning(pool.engine, APP.name, 1);
}, 180_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

/** One worker more, with work on it. */
async function growToTwo(): Promise<void> {
  await createDemand(pool, 2);
  await waitUntilDemandIsMet(pool, 2);
  await pool.settled(2);
}

/** Idle from now on; resolves with the node that goes, when its tasks are leaving it. */
async function seeDrain(): Promise<NodeView> {
  await removeDemand(pool);
  return await eventually(
    'a worker is drained',
    async () => (await pool.nodes()).find(({ availability }) => availability === 'drain'),
    { withinMs: 60_000, everyMs: 20 },
  );
}

function workersAskedFor(): number {
  const { occopus, infraId, node } = pool.stage.cloud;
  const infrastructure = occopus.infrastructure(infraId);
  const asked = infrastructure?.node(node);
  return asked === undefined ? 0 : (infrastructure?.reportedTarget(asked) ?? 0);
}

const reasonsOfThePool = async (): Promise<readonly string[]> =>
  (await pool.decisions()).map(({ reason }) => reason);

describe('in the middle of a drain', () => {
  test('the load comes back: the worker stays', async () => {
    await growToTwo();
    const watch = pool.watch();
    const victim = await seeDrain();
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect((await pool.nodes()).map(({ id }) => id)).toContain(victim.id);
    expect(await reasonsOfThePool()).toContain('drain_undone');
    expect(await watch.stop()).toEqual({ fewest: 2, most: 2 });
  }, 200_000);

  test('min is raised: the worker stays', async () => {
    const watch = pool.watch();
    await seeDrain();
    await pool.setBounds({ min: 2, max: 3 });
    await pool.settled(2);
    expect((await watch.stop()).fewest).toBe(2);
    await pool.setBounds(BOUNDS);
    await pool.settled(1);
  }, 240_000);

  test('the node is lost: it is replaced, and the pool is back at min', async () => {
    await growToTwo();
    const watch = pool.watch();
    const victim = await seeDrain();
    const vm = pool.stage.cloud.vms().find(({ engine }) => engine.address === victim.address);
    await pool.stage.cloud.vanish(vm?.id ?? '');
    await pool.settled(1, 150_000);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
    expect((await pool.nodes()).map(({ id }) => id)).not.toContain(victim.id);
    await waitForRunning(pool.engine, APP.name, 1);
  }, 240_000);
});

describe('a pool', () => {
  test('comes back under a max that is lowered while its VMs boot, once no task needs the last one', async () => {
    const watch = pool.watch();
    await createDemand(pool, 3);
    await eventually('two more VMs are asked for', () => workersAskedFor() === 3, { withinMs: 60_000 });
    await pool.setBounds({ min: 1, max: 2 });
    await waitUntilDemandIsMet(pool, 3);
    await eventually('its task keeps it', async () => (await pool.verdict()) === 'hold no_victim', {
      withinMs: 60_000,
    });
    await changeDemand(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 3 });
    await waitUntilDemandIsMet(pool, 2);
    await waitForRunning(pool.engine, APP.name, 1);
  }, 200_000);

  test('keeps a worker that is cut off and comes back', async () => {
    const watch = pool.watch();
    const [worker] = await pool.nodes();
    const vm = pool.stage.cloud.vms().find(({ engine }) => engine.address === worker?.address);
    await vm?.engine.cut();
    await eventually('it is down', async () => (await pool.nodes()).some(({ isReady }) => !isReady), {
      withinMs: 30_000,
    });
    await vm?.engine.mend();
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 2, most: 2 });
    expect((await pool.nodes()).map(({ id }) => id)).toContain(worker?.id);
    await removeDemand(pool);
    await pool.settled(1);
  }, 200_000);
});
