/** Two executors on two managers look at the same moment, each with a memory of its own: one of them acts. */
import { expect, test } from '@jest/globals';
import { type MemoryExecutor, startMemoryExecutor } from './memory-executor.ts';
import { createMemoryWorld } from './memory-world.ts';
import { play } from './play.ts';
import { STORIES, type Story } from './stories.ts';

/** A pause is of one executor, and so is a pool: its cool-downs stand in the journal. */
const OF_SERVICES = STORIES.filter(({ name }) => /^a service (grows|shrinks)/.test(name));

/** How far the second one is behind when both look: from side by side to one after the other. */
const LAGS = Array.from({ length: 40 }, (_, lag) => lag);

async function playTwice({ begin, before, turns }: Story, lag: number): Promise<readonly string[]> {
  const world = createMemoryWorld();
  const executors: MemoryExecutor[] = [];
  for (let count = 0; count < 2; count += 1) executors.push(await startMemoryExecutor(world, () => {}));
  const late = async ({ turn }: MemoryExecutor, steps: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    await turn();
  };
  begin(world);
  for (let turn = 0; turn < turns; turn += 1) {
    world.tick();
    const [first] = executors;
    if (first !== undefined) await before?.(turn, world, first.pauses);
    await world.note();
    await Promise.all(executors.map((one, index) => late(one, index * lag)));
    await world.note();
    world.pass(2_000);
  }
  return world.history();
}

test.each(OF_SERVICES)('$name, by one of two executors', async (story) => {
  const { history: ofOne } = await play(story);
  for (const lag of LAGS) {
    const history = await playTwice(story, lag);
    // Two may take two steps between two glances at the world; none of them is another one's step.
    expect(history.filter((seen) => !ofOne.includes(seen))).toEqual([]);
    expect(history.at(-1)).toBe(ofOne.at(-1));
  }
});
