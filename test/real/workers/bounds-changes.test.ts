/** Bounds that change under a pool: it follows them one worker at a time, though no alert asks for it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Probe } from '../../cluster/story/probe.ts';
import { prometheusAlerts } from '../support/apis.ts';
import { putAppUnderProbe } from './support/app-under-probe.ts';
import { type Bounds, type Pool, startPool } from './support/pool.ts';
import { watchLeavers } from './support/watch-leavers.ts';

let pool: Pool;
let probe: Probe;

beforeAll(async () => {
  pool = await startPool({
    min: 1,
    max: 3,
    cloudBounds: { min: 1, max: 4 },
    // Nothing is ever below it, so it is no alert that makes the pool smaller.
    scaledown: 0,
    // The worker that was there first goes first, and the application with it.
    env: { MICADO_WORKER_GRACE: '15s' },
  });
  await pool.settled(1);
  probe = await putAppUnderProbe(pool);
}, 180_000);

afterAll(async () => {
  await probe?.stop();
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

type Seen = { readonly fewest: number; readonly most: number; readonly leavingAtOnce: number };

async function follow(bounds: Bounds, workers: number): Promise<Seen> {
  await using watch = pool.watch();
  await using leavers = watchLeavers(pool);
  await pool.setBounds(bounds);
  await pool.settled(workers, 150_000);
  return { ...(await watch.stop()), leavingAtOnce: await leavers.stop() };
}

describe('a pool whose bounds change', () => {
  test('grows to a min that is raised, without any load', async () => {
    expect(await follow({ min: 3, max: 3 }, 3)).toEqual({ fewest: 1, most: 3, leavingAtOnce: 0 });
  }, 200_000);

  test('comes down to a max that is lowered, one worker after the other', async () => {
    expect(await follow({ min: 1, max: 1 }, 1)).toEqual({ fewest: 1, most: 3, leavingAtOnce: 1 });
    expect((await pool.decisions()).filter(({ reason }) => reason === 'worker_removed')).toHaveLength(2);
    const alerts = await prometheusAlerts(pool.stack.url.prometheus);
    expect(alerts.filter(({ labels }) => labels['type'] === 'VM')).toEqual([]);
  }, 240_000);

  test('has cost the application no request, though its only replica had to move', async () => {
    const { sent, lost } = await probe.stop();
    expect(sent).toBeGreaterThan(200);
    expect(lost).toEqual([]);
    const moves = (await pool.decisions()).filter(({ reason }) => reason === 'replica_taken_back');
    expect(moves.length).toBeGreaterThanOrEqual(1);
  });
});
