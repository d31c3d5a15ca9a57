/** Files that name a running process: of the parts, and of the `up` that holds a state folder. */

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../internal/daemon/process-identity.ts';

const identitySchema = z.object({
  pid: z.number().int().positive(),
  startTicks: z.string(),
  bootId: z.string(),
});

export function writePidFile(path: string, identity: ProcessIdentity): void {
  writeFileSync(path, JSON.stringify(identity), { mode: 0o600 });
}

/** The process that the file names, if that very process still runs. */
export function readPidFile(path: string): ProcessIdentity | undefined {
  const identity = parseIdentity(readText(path));
  return identity !== undefined && isRunning(identity) ? identity : undefined;
}

export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}

/** Takes the lock for this process; the result gives it back. Held by another running process: `AppError` conflict. */
export function takeLock(path: string, refusal: (holder: number) => string): () => void {
  const me = identifyProcess(process.pid);
  if (me === undefined) throw new AppError('internal', '/proc does not show this process');
  const own = `${path}.${process.pid}`;
  writePidFile(own, me);
  try {
    while (!tryLink(own, path)) {
      const seen = readText(path);
      const holder = parseIdentity(seen);
      if (holder !== undefined && isRunning(holder)) throw new AppError('conflict', refusal(holder.pid));
      moveAside(path, `${own}.stale`, seen);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => removePidFile(path);
}

/** A link appears with its content or not at all. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Another starter may have replaced the dead holder's file in between: then it is put back. */
function moveAside(path: string, aside: string, seen: string | undefined): void {
  try {
    renameSync(path, aside);
    if (readText(aside) !== seen) tryLink(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

function parseIdentity(text: string | undefined): ProcessIdentity | undefined {
  try {
    return text === undefined ? undefined : identitySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
