/** Occopus away, slow, in error, or its answer lost: no VM too many, none too few, none for nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

let pool: Pool;

beforeAll(async () => {
  pool = await startPool({ min: 1, max: 3 });
  await pool.settled(1);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

type Fault = { readonly begin: () => void; readonly end: () => void };

const occopus = () => pool.stage.cloud.occopus;
const FAULTS: Readonly<Record<string, Fault>> = {
  'is away': { begin: () => pool.proxy.setAway(true), end: () => pool.proxy.setAway(false) },
  'answers HTML 500': {
    begin: () => occopus().setFault('html_500'),
    end: () => occopus().setFault(undefined),
  },
  'answers 200 with an error in it': {
    begin: () => occopus().setFault('error_body'),
    end: () => occopus().setFault(undefined),
  },
};

const scalePosts = (from: number): readonly string[] =>
  pool.proxy.posts.slice(from).filter((path) => path.includes('/scale'));

async function seeHeld(reason: string): Promise<void> {
  await eventually(`the executor holds: ${reason}`, async () => (await pool.verdict()) === `hold ${reason}`, {
    withinMs: 30_000,
  });
}

describe.each(Object.keys(FAULTS))('while Occopus %s', (name) => {
  const fault = FAULTS[name] as Fault;

  test('nothing is asked for, and the reason is said; then one VM comes', async () => {
    const watch = pool.watch();
    const before = pool.proxy.posts.length;
    fault.begin();
    try {
      await createDemand(pool, 2);
      await seeHeld('provider_away');
      expect(scalePosts(before)).toEqual([]);
    } finally {
      fault.end();
    }
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);

  test('no worker that idles goes; then exactly one does', async () => {
    const watch = pool.watch();
    fault.begin();
    try {
      await removeDemand(pool);
      await seeHeld('provider_away');
    } finally {
      fault.end();
    }
    await pool.settled(1);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);
});

describe('an answer that was lost after the request was taken', () => {
  test('does not lead to a second VM', async () => {
    const watch = pool.watch();
    pool.proxy.loseNextAnswer();
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);

  test('does not stop a second worker', async () => {
    const watch = pool.watch();
    pool.proxy.loseNextAnswer();
    await removeDemand(pool);
    await pool.settled(1);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);
});

describe('an Occopus that takes seconds for each answer', () => {
  test('is waited for: one VM comes, and one goes', async () => {
    const watch = pool.watch();
    pool.proxy.setDelayMs(2_000);
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await removeDemand(pool);
    await pool.settled(1, 120_000);
    pool.proxy.setDelayMs(0);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 200_000);
});
