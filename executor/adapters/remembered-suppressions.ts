import { describeError, isAppError } from '../../internal/daemon/app-error.ts';
import type { Suppressions } from '../core/suppression.ts';
import type { SuppressionReader } from '../ports.ts';

/**
 * An Alertmanager that is down takes no new silences, so those read last still tell what is silenced: services go on
 * growing while it is away. Silences end at their own time; inhibitions stay as they were.
 */
export function createRememberedSuppressions(reader: SuppressionReader): SuppressionReader {
  let last: Suppressions | undefined;
  return {
    async read() {
      try {
        last = await reader.read();
        return last;
      } catch (error) {
        if (last === undefined || !isAppError(error)) throw error;
        const { listed, silences } = last;
        return {
          silences,
          listed: listed.filter(({ inhibitedBy }) => inhibitedBy.length > 0),
          outdatedBecause: describeError(error),
        };
      }
    },
  };
}
