/**
 * Keeps the parts running: each is started, its end is said, and it comes back with back-off. They are sessions of their
 * own, so that Ctrl-C in the terminal reaches only us, and they are stopped in order.
 *
 *   starting ──▶ running ──(dies)──▶ waiting ──(back-off)──▶ starting        stop: last part first, SIGTERM, then SIGKILL
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { type BackOff, createBackOff } from '../../internal/daemon/back-off.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { identifyProcess, type ProcessIdentity } from '../../internal/daemon/process-identity.ts';
import { describeExit, type ProcessExit } from '../core/describe-exit.ts';
import type { PartPlan } from '../core/plan-parts.ts';
import type { PartName } from '../core/stack-layout.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { waitForEnd } from './process-table.ts';

export type PartEvent =
  | { readonly kind: 'started'; readonly part: PartName; readonly pid: number }
  | { readonly kind: 'died'; readonly part: PartName; readonly how: string; readonly restartInMs: number };

export type SupervisorOptions = {
  readonly parts: readonly PartPlan[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  onEvent(event: PartEvent): void;
};

export type Supervisor = {
  start(): void;
  /** How often the part died since the start. */
  deaths(part: PartName): number;
  pids(): Readonly<Partial<Record<PartName, number>>>;
  /** Ends all parts, the last first. May be called again. */
  stop(): Promise<void>;
};

const RESTART = { firstMs: 250, maxMs: 15_000 };
/** A part that ran for so long starts its back-off anew. */
const STABLE_MS = 60_000;
const GRACE_MS = 10_000;
const LONGEST_LOG_BYTES = 10 * 1024 * 1024;

type Keeper = {
  readonly part: PartPlan;
  readonly backOff: BackOff;
  readonly stopping: AbortController;
  deaths: number;
  pid: number | undefined;
  ended: Promise<void>;
};

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const keepers: readonly Keeper[] = options.parts.map((part) => ({
    part,
    backOff: createBackOff(RESTART),
    stopping: new AbortController(),
    deaths: 0,
    pid: undefined,
    ended: Promise.resolve(),
  }));
  return {
    start() {
      for (const keeper of keepers) keeper.ended = keepRunning(keeper, options);
    },
    deaths: (name) => keepers.find(({ part }) => part.name === name)?.deaths ?? 0,
    pids: () =>
      Object.fromEntries(
        keepers.flatMap(({ part, pid }) => (pid === undefined ? [] : [[part.name, pid] as const])),
      ),
    async stop() {
      for (const keeper of keepers.toReversed()) {
        keeper.stopping.abort();
        await keeper.ended;
      }
    },
  };
}

async function keepRunning(keeper: Keeper, options: SupervisorOptions): Promise<void> {
  const { part, backOff, stopping } = keeper;
  const { clock, onEvent } = options;
  while (!stopping.signal.aborted) {
    const startedAtMs = clock.now();
    const exit = await runOnce(keeper, options);
    if (stopping.signal.aborted) return;
    if (clock.now() - startedAtMs >= STABLE_MS) backOff.reset();
    keeper.deaths += 1;
    const restartInMs = backOff.nextMs();
    const how = 'problem' in exit ? exit.problem : describeExit(exit);
    onEvent({ kind: 'died', part: part.name, how, restartInMs });
    await clock.sleep(restartInMs, stopping.signal);
  }
}

async function runOnce(
  keeper: Keeper,
  options: SupervisorOptions,
): Promise<ProcessExit | { readonly problem: string }> {
  const { part, stopping } = keeper;
  let child: ChildProcess;
  try {
    child = spawnPart(part, options.env);
  } catch (error) {
    return { problem: `cannot start: ${error instanceof Error ? error.message : String(error)}` };
  }
  const ended = new Promise<ProcessExit | { readonly problem: string }>((resolve) => {
    child.once('error', (error) => resolve({ problem: `cannot start: ${error.message}` }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity !== undefined) {
    keeper.pid = identity.pid;
    writePidFile(part.pidFile, identity);
    options.onEvent({ kind: 'started', part: part.name, pid: identity.pid });
  }
  const stop = (): void => void endPart(child, identity, options.clock);
  stopping.signal.addEventListener('abort', stop, { once: true });
  if (stopping.signal.aborted) stop();
  const exit = await ended;
  stopping.signal.removeEventListener('abort', stop);
  keeper.pid = undefined;
  removePidFile(part.pidFile);
  return exit;
}

function spawnPart(part: PartPlan, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  const [program = '', ...args] = part.command;
  const log = openLog(part.logFile);
  try {
    return spawn(program, args, { detached: true, env: { ...env }, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

/** Appends; a log that grew too long is put aside at a start. */
export function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LONGEST_LOG_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

async function endPart(
  child: ChildProcess,
  identity: ProcessIdentity | undefined,
  clock: Clock,
): Promise<void> {
  child.kill('SIGTERM');
  if (identity === undefined || (await waitForEnd(identity, GRACE_MS, clock))) return;
  child.kill('SIGKILL');
}
