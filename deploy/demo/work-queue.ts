/** Who waits for work, and who gets the next unit: the one that has waited longest. */
import type { Clock } from '../../internal/daemon/clock.ts';
import { msUntilUnit, noWork, setCores, takeUnit, UNIT_TICKS } from './core/work-budget.ts';

export type WorkQueue = {
  /** Offers this many CPU seconds per second. */
  setLoad(cores: number): void;
  waiting(): number;
  /** Calls back once, with the ticks of a unit or, after a long wait, with 0. The result leaves the queue without. */
  join(onTicks: (ticks: number) => void): () => void;
  /** Nobody gets anything any more. */
  close(): void;
};

/** Who waited this long gets an empty unit, so that neither side keeps a connection whose other end is gone. */
const LONGEST_WAIT_MS = 10_000;
const NO_TICKS = 0;

type Place = { readonly wait: AbortController; onTicks(ticks: number): void };

export function createWorkQueue(clock: Clock): WorkQueue {
  const places = new Set<Place>();
  let budget = noWork(clock.now());
  let nextUnit = new AbortController();

  const leave = (place: Place): void => {
    place.wait.abort();
    places.delete(place);
  };
  const serve = (place: Place, ticks: number): void => {
    leave(place);
    place.onTicks(ticks);
  };
  const handOut = (): void => {
    nextUnit.abort();
    for (const place of places) {
      const rest = takeUnit(budget, clock.now());
      if (rest === undefined) break;
      budget = rest;
      serve(place, UNIT_TICKS);
    }
    const waitMs = places.size === 0 ? undefined : msUntilUnit(budget, clock.now());
    if (waitMs === undefined) return;
    nextUnit = new AbortController();
    after(clock, waitMs, nextUnit.signal, handOut);
  };

  return {
    setLoad(cores) {
      budget = setCores(budget, cores, clock.now());
      handOut();
    },
    waiting: () => places.size,
    join(onTicks) {
      const place = { wait: new AbortController(), onTicks };
      places.add(place);
      after(clock, LONGEST_WAIT_MS, place.wait.signal, () => serve(place, NO_TICKS));
      handOut();
      return () => leave(place);
    },
    close() {
      nextUnit.abort();
      for (const place of places) leave(place);
    },
  };
}

function after(clock: Clock, ms: number, signal: AbortSignal, act: () => void): void {
  void clock.sleep(ms, signal).then(() => {
    if (!signal.aborted) act();
  });
}
