/** The figures of each pool as they were at its last look, for the metrics. Says once when bounds begin to differ. */
import type { Logger } from '../internal/daemon/logger.ts';
import type { PoolFigures } from './core/workers/pool-figures.ts';
import type { WorkersTarget } from './core/workers/pool-world.ts';

export type ShownPool = { readonly target: WorkersTarget; readonly figures: PoolFigures };

export type PoolBoard = {
  /** Undefined: there are none now. */
  show(target: WorkersTarget, figures: PoolFigures | undefined): void;
  pools(): readonly ShownPool[];
};

export function createPoolBoard(logger: Logger): PoolBoard {
  const shown = new Map<string, ShownPool>();
  const differing = new Set<string>();
  return {
    pools: () => [...shown.values()],
    show(target, figures) {
      const { key } = target;
      if (figures === undefined) {
        shown.delete(key);
        return;
      }
      shown.set(key, { target, figures });
      if (!figures.boundsDiffer) differing.delete(key);
      else if (!differing.has(key)) {
        differing.add(key);
        logger.warn('bounds of rule and provider differ', {
          target: key,
          min: figures.min,
          max: figures.max,
        });
      }
    },
  };
}
