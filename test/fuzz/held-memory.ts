/** What a process holds on to, told apart from what it has not yet got round to free. */
import { join } from 'node:path';
import { startBinary } from '../bench/child-program.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { eventually } from '../eventually.ts';

export type WatchedBinary = AsyncDisposable & {
  readonly url: string;
  /** JavaScript objects and buffers, after a full collection of garbage. */
  heldMb(): Promise<number>;
};

export async function startWatchedBinary(
  binary: Parameters<typeof startBinary>[0],
  flags: readonly string[],
): Promise<WatchedBinary> {
  let log = '';
  const running = await startBinary(binary, flags, {
    nodeFlags: ['--expose-gc', `--import=${join(PROJECT_ROOT, 'test/fuzz/memory-probe.mjs')}`],
    onLog: (text) => {
      log = (log + text).slice(-10_000);
    },
  });
  return {
    url: running.url,
    async heldMb() {
      log = '';
      process.kill(running.pid, 'SIGUSR2');
      const bytes = await eventually('it tells what it holds', () => /^held (\d+) bytes$/m.exec(log)?.[1]);
      return Number(bytes) / 1024 / 1024;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
