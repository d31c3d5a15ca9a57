import type { PauseStore, Pauses } from '../ports.ts';

export const NO_PAUSES: Pauses = { all: undefined, targets: {} };

/** Pauses that end with the process. */
export function createMemoryPauseStore(): PauseStore {
  let kept = NO_PAUSES;
  return {
    load: async () => kept,
    async save(pauses) {
      kept = pauses;
    },
  };
}
