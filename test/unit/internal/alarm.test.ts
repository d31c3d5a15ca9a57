import { expect, test } from '@jest/globals';
import { createAlarm } from '../../../internal/daemon/alarm.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function anAlarm() {
  const clock = createManualClock(0);
  const alarm = createAlarm(clock);
  const rings: number[] = [];
  const setTo = (timeMs: number): void => alarm.ringAt(timeMs, () => rings.push(clock.now()));
  return { clock, alarm, rings, setTo };
}

test('an alarm rings once, at its time or, when that is past, at once', async () => {
  const { clock, rings, setTo } = anAlarm();
  setTo(100);
  await clock.advance(1_000);
  setTo(10);
  await clock.advance(1_000);
  expect(rings).toEqual([100, 1_000]);
});

test('of several times the earliest counts', async () => {
  const { clock, rings, setTo } = anAlarm();
  for (const timeMs of [300, 100, 200, Number.POSITIVE_INFINITY]) setTo(timeMs);
  await clock.advance(1_000);
  expect(rings).toEqual([100]);
});

test('a stopped alarm does not ring', async () => {
  const { clock, alarm, rings, setTo } = anAlarm();
  setTo(100);
  alarm.stop();
  await clock.advance(1_000);
  expect(rings).toEqual([]);
});
