/**
 * Who writes a rules folder: one rulegen, of however many there are by mistake. The mark is a symbolic link, because making
 * one is atomic and takes no room on a full disk; its target says who leads, its time when that was last true.
 */
import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { lstat, lutimes, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { identifyProcess, isRunning } from '../../internal/daemon/process-identity.ts';
import type { FolderLead } from '../ports.ts';

export const LEAD_MARK = '.micado-rulegen.lead';

/** A leader that cannot be seen from here (another host or container) and has not renewed its mark for so long is gone. */
const STALE_AFTER_MS = 15_000;
export const RENEW_EVERY_MS = 5_000;

const leader = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  startTicks: z.string(),
  bootId: z.string(),
  /** Process numbers mean something within it only. */
  pidNamespace: z.string(),
});
type Leader = z.infer<typeof leader>;

export function createFolderLead(folder: string, clock: Clock): FolderLead {
  const path = join(folder, LEAD_MARK);
  const me = describeMyself();
  const mine = JSON.stringify(me);

  const hold = async (): ReturnType<FolderLead['hold']> => {
    const found = await readMark(path);
    if (found === mine) {
      const now = new Date(clock.now());
      await lutimes(path, now, now);
      return { kind: 'leading' };
    }
    const other = found === undefined ? undefined : parseLeader(found);
    if (other !== undefined && (await isAlive(other, me, path, clock)))
      return { kind: 'led_by', who: `process ${other.pid} on ${other.host}` };
    await rm(path, { force: true });
    try {
      await symlink(mine, path);
    } catch (error) {
      // Somebody was faster; the next look tells who.
      if (systemErrorCode(error) === 'EEXIST') return { kind: 'led_by', who: 'one that has just started' };
      throw error;
    }
    return { kind: 'leading' };
  };
  return {
    async hold() {
      try {
        await mkdir(folder, { recursive: true });
        return await hold();
      } catch (error) {
        throw new AppError('unavailable', `rules folder ${folder}: not writable: ${describeError(error)}`, {
          cause: error,
        });
      }
    },
    async release() {
      if ((await readMark(path)) === mine) await rm(path, { force: true });
    },
  };
}

function describeMyself(): Leader {
  const { pid, startTicks = '', bootId = '' } = identifyProcess(process.pid) ?? { pid: process.pid };
  return { id: randomUUID(), host: hostname(), pid, startTicks, bootId, pidNamespace: pidNamespace() };
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

async function readMark(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLeader(text: string): Leader | undefined {
  try {
    return leader.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function isAlive(other: Leader, me: Leader, path: string, clock: Clock): Promise<boolean> {
  const isSeen = me.bootId !== '' && other.bootId === me.bootId && other.pidNamespace === me.pidNamespace;
  if (isSeen) return isRunning(other);
  const { mtimeMs } = await lstat(path);
  return clock.now() - mtimeMs < STALE_AFTER_MS;
}
