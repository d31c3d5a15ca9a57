/** What a command gets of the process that it runs in. */
import { fileURLToPath } from 'node:url';
import { systemClock } from '../internal/daemon/clock.ts';
import { createCommandRunner } from './adapters/command-runner.ts';
import { createTerminalReporter } from './adapters/terminal-reporter.ts';
import type { Surroundings } from './ports.ts';

export type ProcessFacts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the steps are shown. */
  write(text: string): void;
};

/** Made once per process: from now on Ctrl-C aborts the signal and ends nothing by itself. */
export function createSurroundings({ env, write }: ProcessFacts): Surroundings {
  const userId = process.getuid?.() ?? -1;
  const root = packageRoot();
  const signal = interruption();
  return {
    env,
    runner: createCommandRunner({ env, userId, isInteractive: process.stdin.isTTY, signal }),
    reporter: createTerminalReporter(write),
    clock: systemClock,
    signal,
    groupId: process.getgid?.() ?? -1,
    rootFolder: root,
    distFolder: `${root}/dist`,
    templatesFolder: `${root}/templates`,
  };
}

/** A second signal changes nothing: stopping is bounded, and cut short it would leave parts running. */
function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  return stop.signal;
}

/** The clone's folder, whether this file runs from the sources or, one folder deeper, from `dist`. */
function packageRoot(): string {
  const here = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  return here.endsWith('/dist') ? here.slice(0, -'/dist'.length) : here;
}
