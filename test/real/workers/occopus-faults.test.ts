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

type Fault = {
  readonly name: string;
  readonly isAway: boolean;
  readonly answer: 'html_500' | 'error_body' | undefined;
};

const FAULTS: readonly Fault[] = [
  { name: 'away', isAway: true, answer: undefined },
  { name: 'answering HTML 500', isAway: false, answer: 'html_500' },
  { name: 'answering 200 with an error in it', isAway: false, answer: 'error_body' },
];

const scalePosts = (): readonly string[] =>
  pool.proxy.passed.filter((request) => /^POST .*\/scale/.test(request));

function spoil({ isAway, answer }: Omit<Fault, 'name'>): void {
  pool.stage.cloud.occopus.setFault(answer);
  pool.proxy.setManner(isAway ? 'away' : undefined);
}

/** One fault after the other without a gap, each until the executor has met it; then Occopus answers again. */
async function seeHeldByEachFault(change: () => Promise<void>): Promise<void> {
  const before = scalePosts();
  const { calls } = pool.stage.cloud.occopus;
  try {
    for (const [index, fault] of FAULTS.entries()) {
      spoil(fault);
      if (index === 0) await change();
      const callsBefore = calls.length;
      await eventually(
        `the executor holds while Occopus is ${fault.name}`,
        async () =>
          (await pool.verdict()) === 'hold provider_away' && (fault.isAway || calls.length > callsBefore + 1),
        { withinMs: 30_000 },
      );
    }
    expect(scalePosts()).toEqual(before);
  } finally {
    spoil({ isAway: false, answer: undefined });
  }
}

describe('while Occopus is away, or answers with HTML 500, or 200 with an error in it', () => {
  test('nothing is asked for, and the reason is said; then one VM comes', async () => {
    const watch = pool.watch();
    await seeHeldByEachFault(() => createDemand(pool, 2));
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);

  test('no worker that idles goes; then exactly one does', async () => {
    const watch = pool.watch();
    await seeHeldByEachFault(() => removeDemand(pool));
    await pool.settled(1);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);
});

/** Of the next POST, which is carried out. */
const loseNextAnswer = (): void => pool.proxy.cutNext(/^POST /, 'after', async () => {});

describe('an answer that was lost after the request was taken', () => {
  test('does not lead to a second VM', async () => {
    const watch = pool.watch();
    loseNextAnswer();
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);

  test('does not stop a second worker', async () => {
    const watch = pool.watch();
    loseNextAnswer();
    await removeDemand(pool);
    await pool.settled(1);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 150_000);
});

describe('an Occopus that takes seconds for each answer', () => {
  test('is waited for: one VM comes, and one goes', async () => {
    const watch = pool.watch();
    pool.proxy.setManner('slow');
    await createDemand(pool, 2);
    await waitUntilDemandIsMet(pool, 2);
    await removeDemand(pool);
    await pool.settled(1, 120_000);
    pool.proxy.setManner(undefined);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 200_000);
});
