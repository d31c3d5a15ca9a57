import { expect, test } from '@jest/globals';
import type { LastSeen } from '../../../executor/ports.ts';
import { createScrapedSince } from '../../../executor/scraped-since.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const EXPORTER = { job: 'exporter', instance: 'n1:9200' };
const LOOK_EVERY_MS = 1_000;

function setUp(past: Omit<LastSeen, 'job' | 'instance'> = { upMs: undefined, downMs: undefined }) {
  const clock = createManualClock();
  const world = { isUp: true, past, pastIsKnown: true, timesAsked: 0 };
  const read = createScrapedSince(
    {
      scraped: async () => [{ ...EXPORTER, isUp: world.isUp }],
      async lastSeen() {
        world.timesAsked += 1;
        if (!world.pastIsKnown) throw new AppError('unavailable', 'too many samples');
        return [{ ...EXPORTER, ...world.past }];
      },
    },
    clock,
  );
  const sinceOf = async () => (await read())[0]?.sinceMs;
  return { clock, world, sinceOf };
}

test('what was down before the first look is down since Prometheus saw it up last', async () => {
  const { clock, world, sinceOf } = setUp();
  const twoHoursAgoMs = clock.now() - 7_200_000;
  world.isUp = false;
  world.past = { upMs: twoHoursAgoMs, downMs: clock.now() };
  expect(await sinceOf()).toBe(twoHoursAgoMs);
});

test('what was never otherwise has no time', async () => {
  const { sinceOf } = setUp();
  expect(await sinceOf()).toBeUndefined();
});

test('while somebody looks a change has the time of the look, and the past is not asked again', async () => {
  const { clock, world, sinceOf } = setUp();
  await sinceOf();
  await clock.advance(LOOK_EVERY_MS);
  world.isUp = false;
  const changedMs = clock.now();
  expect(await sinceOf()).toBe(changedMs);
  await clock.advance(LOOK_EVERY_MS);
  expect(await sinceOf()).toBe(changedMs);
  expect(world.timesAsked).toBe(1);
});

test('after nobody has looked for a while Prometheus is asked once more', async () => {
  const { clock, world, sinceOf } = setUp();
  await sinceOf();
  await clock.advance(60_000);
  world.past = { upMs: clock.now(), downMs: clock.now() - 30_000 };
  expect(await sinceOf()).toBe(clock.now() - 30_000);
});

test('a past that cannot be told is no failure, and is asked for again after a while', async () => {
  const { clock, world, sinceOf } = setUp({ upMs: 1_000, downMs: 2_000 });
  world.pastIsKnown = false;
  expect(await sinceOf()).toBeUndefined();
  world.pastIsKnown = true;
  for (let seconds = 1; seconds < 10; seconds += 1) {
    await clock.advance(LOOK_EVERY_MS);
    expect(await sinceOf()).toBeUndefined();
  }
  await clock.advance(LOOK_EVERY_MS);
  expect(await sinceOf()).toBe(2_000);
  expect(world.timesAsked).toBe(2);
});

test('nobody waits for a past that takes long: it is told when it has come', async () => {
  const clock = createManualClock();
  let tell: (past: readonly LastSeen[]) => void = () => {};
  const read = createScrapedSince(
    {
      scraped: async () => [{ ...EXPORTER, isUp: false }],
      lastSeen: () =>
        new Promise((resolve) => {
          tell = resolve;
        }),
    },
    clock,
  );
  const looked = read();
  await clock.advance(LOOK_EVERY_MS);
  expect(await looked).toEqual([{ ...EXPORTER, isUp: false, sinceMs: undefined }]);
  tell([{ ...EXPORTER, upMs: 1_000, downMs: undefined }]);
  await clock.advance(LOOK_EVERY_MS);
  expect((await read())[0]?.sinceMs).toBe(1_000);
});
