/** `stack.json`: what runs where, for the commands that talk to a running stack. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { isRunning } from '../../internal/daemon/process-identity.ts';
import { PART_NAMES } from '../core/stack-layout.ts';

const schema = z.object({
  stackId: z.string(),
  /** The `up` that runs it. */
  process: z.object({ pid: z.number(), startTicks: z.string(), bootId: z.string() }),
  startedAt: z.string(),
  stateDir: z.string(),
  dockerHost: z.string(),
  scrapeIntervalMs: z.number(),
  tokenFile: z.string(),
  /** Who starts and stops worker VMs. */
  provider: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('occopus'), url: z.string() }),
    z.object({
      kind: z.literal('command'),
      up: z.string(),
      down: z.string(),
      list: z.string(),
      timeoutMs: z.number(),
    }),
  ]),
  parts: z.record(
    z.enum(PART_NAMES),
    /** Without a pid while it waits to be restarted. */
    z.object({ url: z.string(), port: z.number(), pid: z.number().optional(), logFile: z.string() }),
  ),
});

export type StackFile = Readonly<z.infer<typeof schema>>;

export async function writeStackFile(path: string, stack: StackFile): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(stack, undefined, 2)}\n`, 0o600);
}

/** The stack that runs now; undefined where none does, also where one was killed and left its file. */
export async function readStackFile(path: string): Promise<StackFile | undefined> {
  try {
    const stack = schema.parse(JSON.parse(await readFile(path, 'utf8')));
    return isRunning(stack.process) ? stack : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
