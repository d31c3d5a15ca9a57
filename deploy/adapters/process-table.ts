/** What a process is, and how it is ended. */
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { isRunning, type ProcessIdentity, readProc } from '../../internal/daemon/process-identity.ts';

const POLL_MS = 50;

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
