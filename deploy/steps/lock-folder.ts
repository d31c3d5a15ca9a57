/** Makes the state folder this process' own, and ends what a killed `up` left running in it. */
import type { Clock } from '../../internal/daemon/clock.ts';
import { readPidFile, removePidFile, takeLock } from '../adapters/pid-file.ts';
import { endProcess } from '../adapters/process-table.ts';
import { PART_NAMES, type StackLayout } from '../core/stack-layout.ts';

const GRACE_MS = 10_000;

/** The result gives the folder back. Another running `up` in it is `AppError` conflict with its pid. */
export function lockFolder(layout: StackLayout): () => void {
  return takeLock(
    layout.lockFile,
    (pid) =>
      `a stack already runs in state folder ${layout.folder} (pid ${pid}); stop it with micado down --state.dir=${layout.folder}, or choose another folder`,
  );
}

/** Names of the parts that were left running, the last started first; all have ended. */
export async function endLeftovers(layout: StackLayout, clock: Clock): Promise<readonly string[]> {
  const ended: string[] = [];
  for (const name of PART_NAMES.toReversed()) {
    const identity = readPidFile(layout.pidFile(name));
    if (identity !== undefined) {
      await endProcess(identity, GRACE_MS, clock);
      ended.push(name);
    }
    removePidFile(layout.pidFile(name));
  }
  return ended;
}
