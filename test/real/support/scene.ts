/** What a story plays on: an engine, the whole stack on it, and a load to offer to services. */
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { type Load, startLoad } from './load.ts';
import { type Stack, startStack } from './stack.ts';

export type Scene = {
  readonly engine: Engine;
  readonly stack: Stack;
  readonly load: Load;
  /** Ends all of it, in the order that leaves nothing behind. */
  close(): Promise<void>;
};

/** How long a `beforeAll` that opens a scene may take. */
export const SCENE_OPENS_WITHIN_MS = 120_000;

export async function openScene(): Promise<Scene> {
  const closers: (() => PromiseLike<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).toReversed()) await closeOne();
  };
  try {
    const engine = await startEngine();
    closers.push(() => engine.stop());
    const stack = await startStack(engine);
    closers.push(() => stack[Symbol.asyncDispose]());
    const load = await startLoad(engine);
    closers.push(() => load.stop());
    return { engine, stack, load, close };
  } catch (error) {
    await close();
    throw error;
  }
}
