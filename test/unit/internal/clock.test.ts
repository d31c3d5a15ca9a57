import { expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';

const NEVER_MS = 3_600_000;

test('a sleep ends in its time', async () => {
  const startMs = performance.now();
  await systemClock.sleep(20, new AbortController().signal);
  expect(performance.now() - startMs).toBeGreaterThan(15);
});

test('a sleep ends at once when its signal is aborted, before or meanwhile', async () => {
  const stop = new AbortController();
  const asleep = systemClock.sleep(NEVER_MS, stop.signal);
  stop.abort();
  await asleep;
  await systemClock.sleep(NEVER_MS, stop.signal);
});

test('a sleep of more than 24 days does not end at once', async () => {
  const stop = new AbortController();
  let isOver = false;
  const asleep = systemClock.sleep(3_000_000_000, stop.signal).then(() => {
    isOver = true;
  });
  await systemClock.sleep(10);
  expect(isOver).toBe(false);
  stop.abort();
  await asleep;
});
