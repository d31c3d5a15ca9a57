/** Finds or starts the Docker engine. An engine of ours is a process of its own: it goes on when `up` ends. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../internal/daemon/process-identity.ts';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import type { DockerHost } from '../../internal/docker/docker-host.ts';
import { dataRootFlag, type EngineProbe } from '../core/plan-engine.ts';
import type { CommandRunner } from '../ports.ts';
import { readLastWords } from './log-tail.ts';
import { openLog } from './part-supervisor.ts';
import { argumentsOfProcess, endProcess, waitForEnd } from './process-table.ts';

const START_MS = 60_000;
const STOP_MS = 30_000;
const POLL_MS = 200;

export async function probeEngine(host: DockerHost): Promise<EngineProbe> {
  try {
    const { Version, ApiVersion } = await createDockerClient(host).version();
    return { kind: 'answers', version: Version, apiVersion: ApiVersion };
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') return { kind: 'forbidden' };
    return { kind: 'silent', problem: describeError(error) };
  }
}

export const machineHasSystemd = (): boolean => existsSync('/run/systemd/system');

/** Waits until the engine answers; `dead` says early that it will not. */
export async function waitForEngine(
  host: DockerHost,
  clock: Clock,
  dead: () => string | undefined,
): Promise<string> {
  const deadlineMs = clock.now() + START_MS;
  for (;;) {
    const probe = await probeEngine(host);
    if (probe.kind === 'answers') return probe.version;
    const reason = dead() ?? (clock.now() > deadlineMs ? probeProblem(probe) : undefined);
    if (reason !== undefined) throw new AppError('unavailable', `the Docker engine did not start: ${reason}`);
    await clock.sleep(POLL_MS);
  }
}

const probeProblem = (probe: EngineProbe): string =>
  probe.kind === 'silent' ? probe.problem : 'its socket is not for this user (group docker)';

export type OwnEngine = {
  readonly command: readonly string[];
  readonly engineFolder: string;
  readonly logFile: string;
};

/** Starts dockerd as a session of its own; the result says why it ended, where it did. */
export function startOwnEngine(runner: CommandRunner, engine: OwnEngine): () => string | undefined {
  mkdirSync(engine.engineFolder, { recursive: true });
  const [program = '', ...args] = engine.command;
  const words = [runner.find(program) ?? program, ...args];
  const [first = '', ...rest] = runner.rights === 'sudo' ? ['sudo', ...words] : words;
  const log = openLog(engine.logFile);
  const child = spawn(first, rest, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let problem: string | undefined;
  child.on('error', (error) => {
    problem = error.message;
  });
  return () => {
    const ended = child.exitCode !== null || child.signalCode !== null;
    return problem ?? (ended ? readLastWords(engine.logFile) : undefined);
  };
}

/** The engine that runs with its data in this folder, if there is one. */
export function findOwnEngine(engineFolder: string): ProcessIdentity | undefined {
  try {
    const pid = Number(readFileSync(`${engineFolder}/docker.pid`, 'utf8'));
    return argumentsOfProcess(pid).includes(dataRootFlag(engineFolder)) ? identifyProcess(pid) : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export async function stopOwnEngine(
  runner: CommandRunner,
  engine: ProcessIdentity,
  clock: Clock,
): Promise<void> {
  if (runner.rights === 'sudo') {
    await runner.run('kill', ['-TERM', String(engine.pid)], { asRoot: true });
    await waitForEnd(engine, STOP_MS, clock);
  } else await endProcess(engine, STOP_MS, clock);
  if (isRunning(engine))
    throw new AppError('unavailable', `the Docker engine (pid ${engine.pid}) does not stop`);
}
