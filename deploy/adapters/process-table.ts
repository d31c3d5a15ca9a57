/** Processes by their identity in /proc, so that a number that was given to another process is never signalled. */
import { readFileSync } from 'node:fs';
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { ProcessIdentity } from '../ports.ts';

const POLL_MS = 50;

/** The process that has this number now, or undefined where there is none. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in brackets may hold spaces and brackets: count from the last one. State, then start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[19];
  if (fields[0] === 'Z' || startTicks === undefined) return undefined;
  return { pid, startTicks, bootId: readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? '' };
}

export function isRunning(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

export function nameOfProcess(pid: number): string {
  return readProc(`/proc/${pid}/comm`)?.trim() ?? 'unknown';
}

export function argumentsOfProcess(pid: number): readonly string[] {
  return readProc(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
}

/** False where the process is gone. A process that is not ours to signal is `AppError` unavailable. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return false;
    throw new AppError(
      'unavailable',
      `no right to stop process ${identity.pid} (${nameOfProcess(identity.pid)})`,
      {
        cause: error,
      },
    );
  }
}

/** Whether the process ended in time. */
export async function waitForEnd(
  identity: ProcessIdentity,
  withinMs: number,
  clock: Clock,
): Promise<boolean> {
  const deadlineMs = clock.now() + withinMs;
  while (isRunning(identity)) {
    if (clock.now() >= deadlineMs) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}

/** SIGTERM, and SIGKILL where that does not help in time. */
export async function endProcess(identity: ProcessIdentity, graceMs: number, clock: Clock): Promise<void> {
  if (!signalProcess(identity, 'SIGTERM') || (await waitForEnd(identity, graceMs, clock))) return;
  signalProcess(identity, 'SIGKILL');
  await waitForEnd(identity, graceMs, clock);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
