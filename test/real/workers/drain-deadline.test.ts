/** A worker that does not become empty in time takes tasks again, and goes once it can. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { removeService } from '../support/services.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { createLingerer, LINGERER } from './support/lingerer.ts';
import { type Pool, startPool } from './support/pool.ts';

let pool: Pool;

beforeAll(async () => {
  // A third of what the lingering task takes to stop.
  pool = await startPool({ min: 1, max: 2, env: { MICADO_WORKER_DRAIN_DEADLINE: '3s' } });
  await pool.settled(1);
  await createLingerer(pool);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

test('a drain that takes too long is undone, and its worker is kept; a later one ends', async () => {
  await createDemand(pool, 2);
  await waitUntilDemandIsMet(pool, 2);
  await pool.settled(2);
  const watch = pool.watch();
  await removeDemand(pool);
  const undone = await eventually(
    'the drain is undone',
    async () => (await pool.decisions()).find(({ reason }) => reason === 'drain_undone'),
    { withinMs: 60_000 },
  );
  expect(undone['detail']).toContain('it was not empty by --worker.drain-deadline');
  expect(await watch.stop()).toEqual({ fewest: 2, most: 2 });
  await removeService(pool.engine, LINGERER);
  await pool.settled(1);
}, 240_000);
