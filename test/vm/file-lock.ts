/** A lock between processes of this machine, which the kernel takes back when its holder ends in whatever way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toolEnvironment } from '../cluster/command.ts';

/** Waits for the lock of the file, and gives it back when the work has ended. */
export async function withFileLock<T>(path: string, withinMs: number, work: () => Promise<T>): Promise<T> {
  // The holder is a child that ends with its input, and so with this process.
  const holder = spawn(
    'flock',
    ['--timeout', String(withinMs / 1_000), path, 'sh', '-c', 'echo held; exec cat'],
    { stdio: ['pipe', 'pipe', 'ignore'], env: toolEnvironment() },
  );
  const ended = once(holder, 'exit');
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!held) throw new Error(`the lock of ${path} was not free within ${withinMs} ms`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
