/** Boots that fail, VMs that never join, a quota that is used up: said, tidied up, and no VM paid for and unused. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

let pool: Pool;

beforeAll(async () => {
  pool = await startPool({ min: 1, max: 3, env: { MICADO_WORKER_BOOT_DEADLINE: '20s' } });
  await pool.settled(1);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

describe('a pool whose cloud fails', () => {
  test('has its worker in the end when one boot fails', async () => {
    const watch = pool.watch();
    pool.stage.cloud.failNextBoot();
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect((await watch.stop()).most).toBe(2);
    await removeDemand(pool);
    await pool.settled(1);
  }, 200_000);

  test('asks for no more while the quota is used up, and takes the wish back with the demand', async () => {
    const watch = pool.watch();
    pool.stage.cloud.setQuota(1);
    await createDemand(pool, 2);
    await eventually(
      'the executor waits for the VM',
      async () => (await pool.verdict()) === 'hold in_flight',
      {
        withinMs: 30_000,
      },
    );
    await removeDemand(pool);
    pool.stage.cloud.setQuota(10);
    await pool.settled(1, 150_000);
    expect((await watch.stop()).most).toBeLessThanOrEqual(2);
  }, 240_000);

  test('says so when a VM never joins, has it removed, and backs off', async () => {
    const watch = pool.watch();
    pool.stage.cloud.neverJoin();
    await createDemand(pool, 2);
    await eventually('the VM has booted', () => pool.stage.cloud.vms().length === 2, { withinMs: 60_000 });
    await eventually(
      'the executor says that the boot came to nothing',
      async () => (await pool.decisions()).some(({ reason }) => reason === 'boot_failed'),
      { withinMs: 60_000 },
    );
    await eventually('the VM is gone', () => pool.stage.cloud.vms().length === 1, { withinMs: 60_000 });
    await eventually('the executor backs off', async () => (await pool.verdict()) === 'hold back_off', {
      withinMs: 30_000,
    });
    await removeDemand(pool);
    await pool.settled(1);
    expect((await watch.stop()).most).toBe(2);
  }, 240_000);
});
