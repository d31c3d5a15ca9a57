import { type ChildProcess, spawn } from 'node:child_process';
import { AppError } from './app-error.ts';

export type Bounds = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined };
export type Ended = { readonly exitCode: number; readonly stdout: string; readonly lastWords: string };

const MAX_STDOUT_BYTES = 1024 * 1024;
const STDERR_KEPT = 4_096;

/**
 * Runs a program to its end, in a process group of its own: what it started ends with it when it takes too long, prints
 * too much, or the signal comes. Any exit code is an answer; else `AppError` unavailable.
 */
export function runBounded(
  program: string,
  args: readonly string[],
  { timeoutMs, signal }: Bounds,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    let broken: string | undefined;
    const breakOff = (why: string): void => {
      broken ??= why;
      killGroup(child);
      // What left the group may hold the pipes open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => breakOff(`did not end within ${timeoutMs} ms`), timeoutMs);
    const onAbort = (): void => breakOff('was stopped with this process');
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };

    child.stdout.on('data', (part: Buffer) => {
      bytes += part.byteLength;
      if (bytes > MAX_STDOUT_BYTES) breakOff(`printed more than ${MAX_STDOUT_BYTES} bytes`);
      else stdout.push(part);
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      stderr = (stderr + part).slice(-STDERR_KEPT);
    });
    child.on('error', (error) => {
      settle();
      reject(new AppError('unavailable', `cannot run ${program}`, { cause: error }));
    });
    child.on('close', (code, killedBy) => {
      settle();
      const problem = broken ?? (code === null ? `was killed by ${killedBy}` : undefined);
      if (problem !== undefined) reject(new AppError('unavailable', `${program} ${problem}`));
      else
        resolve({
          exitCode: code ?? 0,
          stdout: Buffer.concat(stdout).toString('utf8'),
          lastWords: lastLine(stderr),
        });
    });
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}
