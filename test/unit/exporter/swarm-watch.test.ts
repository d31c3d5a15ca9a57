import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SwarmSnapshot } from '../../../exporter/core/swarm-snapshot.ts';
import { createExporterCounts } from '../../../exporter/metrics.ts';
import { createSwarmWatch, type SwarmWatch } from '../../../exporter/swarm-watch.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const snapshotOf = (running: number, desired = 2): SwarmSnapshot => ({
  services: [{ id: 'id', name: 'web', mode: 'replicated', image: 'web:1', desired, running, version: 1 }],
  nodes: [],
  tasks: [],
  reservations: new Map(),
  pending: [],
});

let clock: ManualClock;
let watch: SwarmWatch;
/** What the engine says, or `away`. */
let answer: SwarmSnapshot | undefined | 'away';
let reads: number;
let underWay: number;
let hold: Promise<void> | undefined;
let stop: AbortController;
let ended: Promise<void>;

beforeEach(() => {
  clock = createManualClock();
  answer = snapshotOf(2);
  reads = 0;
  underWay = 0;
  hold = undefined;
  stop = new AbortController();
  const source = {
    async read(): Promise<SwarmSnapshot | undefined> {
      reads += 1;
      underWay += 1;
      expect(underWay).toBe(1);
      await hold;
      underWay -= 1;
      if (answer === 'away') throw new AppError('unavailable', 'Docker is away');
      return answer;
    },
  };
  watch = createSwarmWatch({ source, counts: createExporterCounts([]), clock, logger: silentLogger });
  ended = watch.actor.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await ended;
});

/** The reads that happen within a time. */
async function readsWithin(ms: number): Promise<number> {
  const before = reads;
  await clock.advance(ms);
  return reads - before;
}

describe('the watch on the Swarm', () => {
  test('knows nothing before the engine was asked, and then what it said', async () => {
    expect(watch.current()).toBeUndefined();
    watch.wake();
    await clock.advance(100);
    expect(watch.current()).toEqual(snapshotOf(2));
  });

  test('makes one read of a burst of events', async () => {
    for (let event = 0; event < 50; event += 1) watch.wake();
    expect(await readsWithin(1_000)).toBe(1);
  });

  test('never reads twice at a time, and once more for what came meanwhile', async () => {
    let release = (): void => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    watch.wake();
    await clock.advance(100);
    watch.wake();
    watch.wake();
    expect(await readsWithin(5_000)).toBe(0);
    hold = undefined;
    release();
    expect(await readsWithin(0)).toBe(1);
  });

  test('looks every ten seconds while all is settled', async () => {
    watch.wake();
    await clock.advance(100);
    expect(await readsWithin(60_000)).toBe(6);
  });

  test('looks after about a second, then less often, while a service is on its way', async () => {
    answer = snapshotOf(1);
    watch.wake();
    await clock.advance(100);
    expect(await readsWithin(1_000)).toBe(1);
    await clock.advance(20_000);
    expect(await readsWithin(60_000)).toBeLessThanOrEqual(16);
    answer = snapshotOf(2);
    await clock.advance(5_000);
    expect(await readsWithin(60_000)).toBe(6);
  });

  test('keeps the last figures for three slow polls while Docker is away, and no longer', async () => {
    watch.wake();
    await clock.advance(100);
    answer = 'away';
    await clock.advance(29_900);
    expect(watch.current()).toEqual(snapshotOf(2));
    await clock.advance(1_000);
    expect(watch.current()).toBeUndefined();
    answer = snapshotOf(2);
    await clock.advance(10_000);
    expect(watch.current()).toEqual(snapshotOf(2));
  });

  test('asks an engine that is no manager only once a minute, whatever happens there', async () => {
    answer = undefined;
    watch.wake();
    await clock.advance(100);
    for (let event = 0; event < 10; event += 1) watch.wake();
    expect(await readsWithin(59_000)).toBe(0);
    answer = snapshotOf(2);
    await clock.advance(1_000);
    expect(watch.current()).toEqual(snapshotOf(2));
  });
});
