/** What a story plays on: an engine, the whole stack on it, and a load to offer to services. */
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { openTogether } from '../../open-parts.ts';
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
  const scene = await openTogether(async ({ use, defer }) => {
    const engine = use(await startEngine());
    const stack = use(await startStack(engine));
    const load = await startLoad(engine);
    defer(() => load.stop());
    return { engine, stack, load };
  });
  return { ...scene, close: async () => await scene[Symbol.asyncDispose]() };
}
