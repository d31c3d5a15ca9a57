/** A process by its identity in /proc, so that a number that was given to another process is never taken for it. */
import { readFileSync } from 'node:fs';

export type ProcessIdentity = { readonly pid: number; readonly startTicks: string; readonly bootId: string };

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

/** The text of a file below /proc; undefined where it is not there (any more). */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
