/** A lock file that names its holder, so that the lock of a killed process is recognised and taken over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;

/** Waits until the lock is ours; the result gives it back. `onWait` is told once who holds it. */
export async function holdLock(path, onWait) {
  const me = `${process.pid} ${startTicksOf(process.pid)}`;
  const own = `${path}.${process.pid}`;
  writeFileSync(own, me);
  let told = false;
  try {
    for (;;) {
      if (tryLink(own, path)) return () => rmSync(path, { force: true });
      const holder = readLock(path);
      const [pid = '', startTicks] = holder?.split(' ') ?? [];
      if (holder !== undefined && startTicksOf(pid) !== startTicks) removeStale(path, holder);
      else {
        if (!told) onWait(pid);
        told = true;
        await delay(POLL_MS);
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link appears with its content or not at all; a file that is created first and written then could be read empty. */
function tryLink(own, path) {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock aside and looks again: another waiter may have replaced it in between, then it is put back. */
function removeStale(path, holder) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (readLock(aside) !== holder) tryLink(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function readLock(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** When the process started, in clock ticks since boot; undefined when there is no such process. */
function startTicksOf(pid) {
  const stat = readLock(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces and brackets: count from the last one.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
