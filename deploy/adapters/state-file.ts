/** `state.json`: what `up` made on this machine, noted before it is made, so that `down --purge` can undo it. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';

const schema = z.object({
  stackId: z.string().min(1),
  dockerHost: z.string(),
  /** The Swarm for which the policy was written. */
  policySwarm: z.string().optional(),
  /** A Swarm that we made, or meant to make when we were killed. */
  swarmMade: z.object({ intendedAtMs: z.number(), clusterId: z.string().optional() }).optional(),
  /** Packages that we installed by apt, with all that came with them. */
  aptPackages: z.array(z.string()).optional(),
});

export type StackState = Readonly<z.infer<typeof schema>>;

export type StateStore = {
  current(): StackState;
  /** On disk when it returns. */
  note(change: Partial<StackState>): Promise<void>;
};

/** Undefined where there is no such file. A file that is not ours is `AppError` invalid. */
export async function readState(path: string): Promise<StackState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new AppError('invalid', `${path} is not a state file of micado: ${describeError(error)}`, {
      cause: error,
    });
  }
}

/** @param dockerHost for a new state; an existing one keeps its engine until told otherwise */
export async function openState(path: string, dockerHost: string): Promise<StateStore> {
  let state: StackState = (await readState(path)) ?? { stackId: randomUUID(), dockerHost };
  const note = async (change: Partial<StackState>): Promise<void> => {
    state = { ...state, ...change };
    await writeFileAtomically(path, `${JSON.stringify(state, undefined, 2)}\n`, 0o600);
  };
  await note({});
  return { current: () => state, note };
}
