/** One of our binaries, or another program, as a process that is measured from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { eventually } from '../eventually.ts';

export type RunningBinary = AsyncDisposable & {
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
};

export type BinaryOptions = {
  /** Is given what it logs, in pieces as they come. */
  readonly onLog?: (text: string) => void;
  /** For Node.js itself, such as `--expose-gc`. */
  readonly nodeFlags?: readonly string[];
};

/** A binary's bundle, as `micado up` and the images start it, on a free port. */
export async function startBinary(
  binary: 'rulegen' | 'exporter' | 'executor',
  flags: readonly string[],
  { onLog = () => {}, nodeFlags = [] }: BinaryOptions = {},
): Promise<RunningBinary> {
  const file = join(PROJECT_ROOT, 'dist', 'bin', `micado-${binary}.js`);
  const child = spawn(process.execPath, [...nodeFlags, file, '--web.listen-address=127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  let log = '';
  child.stderr.on('data', (part) => {
    // What it says later is not kept: the bench must not grow with it.
    if (log.length < 100_000) log += String(part);
    onLog(String(part));
  });
  try {
    const url = await eventually(`${binary} listens`, () => {
      if (child.exitCode !== null) throw new Error(log);
      return /"url":"(http[^"]+)","msg":"listening"/.exec(log)?.[1];
    });
    return { pid: child.pid ?? 0, url, [Symbol.asyncDispose]: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}
