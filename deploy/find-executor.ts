/** Which executor a command asks: the one that is named, else that of the stack which runs in the state folder. */
import { resolve } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import type { ExecutorAddress } from './adapters/executor-api.ts';
import { readStackFile, type StackFile } from './adapters/stack-file.ts';
import { layOutStack } from './core/stack-layout.ts';

export type ExecutorChoice = {
  readonly stateDir: string;
  /** Empty: that of the state folder. A stack of containers, as on a cloud's master, has none. */
  readonly executorUrl: string;
  /** With it: where the token is; empty for none. */
  readonly tokenFile: string;
};

/** Undefined where none is named. */
export const namedExecutor = ({
  executorUrl: url,
  tokenFile,
}: ExecutorChoice): ExecutorAddress | undefined => (url === '' ? undefined : { url, tokenFile });

export const executorOf = ({ parts, tokenFile }: StackFile): ExecutorAddress => ({
  url: parts.executor.url,
  tokenFile,
});

/** Fails with `AppError` not_found where none is named and no stack runs. */
export async function findExecutor(choice: ExecutorChoice): Promise<ExecutorAddress> {
  return namedExecutor(choice) ?? executorOf(await findStack(choice.stateDir));
}

/** Fails with `AppError` not_found where none runs. */
export async function findStack(stateDir: string): Promise<StackFile> {
  const { folder, stackFile } = layOutStack(resolve(stateDir));
  const stack = await readStackFile(stackFile);
  if (stack !== undefined) return stack;
  throw new AppError('not_found', `no stack runs in ${folder}, and --executor.url names none elsewhere`);
}
