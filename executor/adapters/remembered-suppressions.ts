import type { Clock } from '../../internal/daemon/clock.ts';
import type { Suppressions } from '../core/suppression.ts';
import type { SuppressionReader } from '../ports.ts';

/** Longer than any restart; shorter than what a person would call an outage that nobody looks at. */
const REMEMBERED_FOR_MS = 600_000;

/**
 * An Alertmanager that is down takes no new silences, so those read last still tell what is silenced: services go on
 * growing while it restarts. Silences end at their own time; inhibitions stay as they were.
 */
export function createRememberedSuppressions(reader: SuppressionReader, clock: Clock): SuppressionReader {
  let last: { readonly atMs: number; readonly suppressions: Suppressions } | undefined;
  return {
    async read() {
      try {
        const suppressions = await reader.read();
        last = { atMs: clock.now(), suppressions };
        return suppressions;
      } catch (error) {
        if (last === undefined || clock.now() - last.atMs > REMEMBERED_FOR_MS) throw error;
        const { listed, silences } = last.suppressions;
        return { silences, listed: listed.filter(({ inhibitedBy }) => inhibitedBy.length > 0) };
      }
    },
  };
}
