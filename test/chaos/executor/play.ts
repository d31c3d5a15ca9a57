/** One story on one world, with at most one kill and one fault in it, from a crash point on. */
import { AppError } from '../../../internal/daemon/app-error.ts';
import { Killed } from '../../fakes/memory-service.ts';
import type { CrashMoment, CrashWatch } from './crash-points.ts';
import type { Fault } from './faults.ts';
import { type MemoryExecutor, startMemoryExecutor } from './memory-executor.ts';
import { createMemoryWorld } from './memory-world.ts';
import type { Story } from './stories.ts';

export type Trouble = {
  /** Which passage of a crash point of the story it is: the first is 0. */
  readonly at: number;
  readonly kill: CrashMoment | undefined;
  readonly fault: Fault | undefined;
};

export type Outcome = {
  /** The crash points in the order in which they were passed. */
  readonly passed: readonly string[];
  /** What became of the world, step by step. */
  readonly history: readonly string[];
  readonly kills: number;
};

const TURN_MS = 2_000;
const FAULT_TURNS = 5;

export async function play(story: Story, trouble?: Trouble): Promise<Outcome> {
  const world = createMemoryWorld();
  const passed: string[] = [];
  let kills = 0;
  let mendAtTurn = 0;
  let turn = 0;

  /** Of one executor: once it is dead, nothing of it touches the world any more. */
  const createWatch = (): CrashWatch => {
    let isDead = false;
    return (point, moment) => {
      if (isDead) throw new Killed();
      const isIt = passed.length - (moment === 'after' ? 1 : 0) === trouble?.at;
      if (moment === 'before') {
        passed.push(point);
        if (isIt) {
          mendAtTurn = turn + FAULT_TURNS;
          if (trouble.fault !== undefined) world.faults.spoil(trouble.fault);
        }
      }
      if (!isIt || trouble.kill !== moment) return;
      isDead = true;
      kills += 1;
      throw new Killed();
    };
  };
  let executor: MemoryExecutor | undefined;
  const oneTurn = async (): Promise<void> => {
    executor ??= await startMemoryExecutor(world, createWatch());
    await story.before?.(turn, world, executor.pauses);
    await world.note();
    await executor.turn();
  };

  story.begin(world);
  await world.note();
  for (turn = 0; turn < mendAtTurn + story.turns; turn += 1) {
    if (turn >= mendAtTurn) world.faults.mend();
    world.tick();
    try {
      await oneTurn();
    } catch (error) {
      if (!(error instanceof Killed || error instanceof AppError)) throw error;
      if (error instanceof Killed) executor = undefined;
    }
    await world.note();
    world.pass(TURN_MS);
  }
  return { passed, history: world.history(), kills };
}
