/** Keeps the lead of the rules folder while this rulegen runs, and gives it up at its end. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { FolderLead } from './ports.ts';

export function createLeadKeeper(
  lead: FolderLead,
  clock: Clock,
  everyMs: number,
  /** Only a pass takes the lead. */
  leads: () => boolean,
): Actor {
  return {
    name: 'lead of the rules folder',
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(everyMs, signal);
        // What fails here fails in the next pass too, which reports it.
        if (!signal.aborted && leads()) await lead.hold().catch(() => undefined);
      }
      await lead.release().catch(() => undefined);
    },
  };
}
