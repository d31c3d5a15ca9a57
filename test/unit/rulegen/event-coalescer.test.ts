import { expect, test } from '@jest/globals';
import { createEventCoalescer } from '../../../rulegen/event-coalescer.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function aCoalescer() {
  const clock = createManualClock(0);
  const fired: { readonly atMs: number; readonly firstMs: number }[] = [];
  const coalescer = createEventCoalescer({
    clock,
    quietMs: 100,
    atMostMs: 500,
    fire: (firstMs) => fired.push({ atMs: clock.now(), firstMs }),
  });
  const stop = new AbortController();
  const ended = coalescer.actor.run(stop.signal);
  const end = (): Promise<void> => {
    stop.abort();
    return ended;
  };
  return { clock, fired, coalescer, end };
}

test('one event wakes after a moment of quiet', async () => {
  const { clock, fired, coalescer, end } = aCoalescer();
  coalescer.poke();
  await clock.advance(99);
  expect(fired).toEqual([]);
  await clock.advance(1);
  expect(fired).toEqual([{ atMs: 100, firstMs: 0 }]);
  await clock.advance(10_000);
  expect(fired).toHaveLength(1);
  await end();
});

test('a burst wakes once, when it is quiet', async () => {
  const { clock, fired, coalescer, end } = aCoalescer();
  for (let event = 0; event < 4; event += 1) {
    coalescer.poke();
    await clock.advance(50);
  }
  await clock.advance(50);
  expect(fired).toEqual([{ atMs: 250, firstMs: 0 }]);
  await end();
});

test('a burst without end wakes all the same, twice a second', async () => {
  const { clock, fired, coalescer, end } = aCoalescer();
  for (let event = 0; event < 21; event += 1) {
    coalescer.poke();
    await clock.advance(50);
  }
  expect(fired.map(({ atMs }) => atMs)).toEqual([500, 1_000]);
  await end();
});

test('it ends when it is told to, also in the middle of a burst', async () => {
  const { coalescer, fired, end } = aCoalescer();
  coalescer.poke();
  await end();
  expect(fired).toEqual([]);
});
