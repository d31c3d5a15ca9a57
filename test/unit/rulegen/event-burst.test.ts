import { expect, test } from '@jest/globals';
import { createEventBurst, type EventMark } from '../../../rulegen/event-burst.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function aBurst() {
  const clock = createManualClock(0);
  const wakings: number[] = [];
  const burst = createEventBurst({
    clock,
    quietMs: 100,
    atMostMs: 1_000,
    wake: () => wakings.push(clock.now()),
  });
  /** When a pass may reload that has read the world now, and whether it must read it again. */
  const settled: { readonly atMs: number; readonly news: boolean }[] = [];
  const settle = (mark: EventMark): void => {
    void burst.settle(mark).then((news) => settled.push({ atMs: clock.now(), news }));
  };
  return { clock, burst, wakings, settled, settle };
}

test('an event wakes at once, and its pass reloads after a moment of quiet', async () => {
  const { clock, burst, wakings, settled, settle } = aBurst();
  burst.poke();
  expect(wakings).toEqual([0]);
  await clock.advance(20);
  settle(burst.mark());
  await clock.advance(79);
  expect(settled).toEqual([]);
  await clock.advance(1);
  expect(settled).toEqual([{ atMs: 100, news: false }]);
});

test('a pass that took longer than the quiet need not wait', async () => {
  const { clock, burst, settled, settle } = aBurst();
  burst.poke();
  const mark = burst.mark();
  await clock.advance(300);
  settle(mark);
  await clock.advance(0);
  expect(settled).toEqual([{ atMs: 300, news: false }]);
});

test('a burst makes the pass read again once it is quiet, and that one reloads', async () => {
  const { clock, burst, settled, settle } = aBurst();
  burst.poke();
  settle(burst.mark());
  for (let event = 0; event < 4; event += 1) {
    await clock.advance(50);
    burst.poke();
  }
  await clock.advance(100);
  expect(settled).toEqual([{ atMs: 300, news: true }]);
  settle(burst.mark());
  await clock.advance(0);
  expect(settled[1]).toEqual({ atMs: 300, news: false });
});

test('a burst without end is waited for no longer than a second', async () => {
  const { clock, burst, settled, settle } = aBurst();
  burst.poke();
  settle(burst.mark());
  for (let event = 0; event < 30; event += 1) {
    await clock.advance(50);
    burst.poke();
  }
  expect(settled).toEqual([{ atMs: 1_000, news: true }]);
  settle(burst.mark());
  await clock.advance(0);
  expect(settled[1]).toEqual({ atMs: 1_500, news: false });
});

test('events that came during a reload wait anew, from the last of them on', async () => {
  const { clock, burst, settled, settle } = aBurst();
  burst.poke();
  const first = burst.mark();
  await clock.advance(900);
  burst.poke();
  burst.answered(first);
  expect(burst.mark().firstMs).toBe(900);
  settle(burst.mark());
  await clock.advance(100);
  expect(settled).toEqual([{ atMs: 1_000, news: false }]);
  burst.answered(burst.mark());
  expect(burst.mark().firstMs).toBeUndefined();
});

test('a pass that no event asked for does not wait', async () => {
  const { burst, settled, settle, clock } = aBurst();
  settle(burst.mark());
  await clock.advance(0);
  expect(settled).toEqual([{ atMs: 0, news: false }]);
});
