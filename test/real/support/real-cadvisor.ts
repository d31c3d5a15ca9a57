/** cAdvisor, the last release that Debian has, as a process of the test's own beside an engine. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createCommandRunner } from '../../../deploy/adapters/command-runner.ts';
import { CADVISOR_PACKAGE, fetchTools } from '../../../deploy/adapters/debian-packages.ts';
import { AppError, isAppError } from '../../../internal/daemon/app-error.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';
import { freePorts } from './free-ports.ts';

export type CadvisorProgram =
  | { readonly kind: 'found'; readonly path: string; readonly version: string }
  /** Nobody here has it: the mirror that this machine uses has no bullseye (any more), or cannot be reached. */
  | { readonly kind: 'absent'; readonly reason: string };

/** Fetched once into the test cache. Anything but an unwilling mirror is a defect, and thrown. */
export async function findCadvisor(): Promise<CadvisorProgram> {
  const runner = createCommandRunner({
    env: { PATH: process.env['PATH'] },
    userId: process.getuid?.() ?? -1,
    isInteractive: false,
    signal: AbortSignal.timeout(120_000),
  });
  let folder: string;
  try {
    folder = await fetchTools(runner, join(PROJECT_ROOT, '.test-cache'), [CADVISOR_PACKAGE], () => {});
  } catch (error) {
    if (!isAppError(error, 'unavailable')) throw error;
    return { kind: 'absent', reason: error.message };
  }
  const path = join(folder, 'cadvisor');
  const version = /version (\S+)/.exec(await runner.run(path, ['--version']))?.[1];
  if (version === undefined) throw new AppError('internal', 'cadvisor --version names no version');
  return { kind: 'found', path, version };
}

export type Cadvisor = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
  scrape(): Promise<string>;
  stop(): Promise<void>;
};

export type CadvisorRun = {
  readonly path: string;
  readonly dockerHost: string;
  readonly flags?: readonly string[];
};

/** It looks at every container once before it listens. */
const START_WITHIN_MS = 180_000;
const MOST_SAID = 2_000;

export async function startCadvisor({ path, dockerHost, flags = [] }: CadvisorRun): Promise<Cadvisor> {
  const [port] = await freePorts(1);
  const child = spawn(path, [`--docker=${dockerHost}`, '--listen_ip=127.0.0.1', `--port=${port}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => {
    said = (said + String(part)).slice(-MOST_SAID);
  });
  // Without a listener a failed spawn would end the test process; that it does not answer tells.
  child.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    const outcome = await eventually(
      'cAdvisor answers',
      async () => {
        if (child.exitCode !== null) return 'ended';
        return (await fetch(`${url}/healthz`)).ok && 'answers';
      },
      { withinMs: START_WITHIN_MS },
    );
    if (outcome === 'ended') throw new Error(`cAdvisor ended: ${said}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    pid: child.pid ?? 0,
    scrape: async () => await (await fetch(`${url}/metrics`)).text(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
