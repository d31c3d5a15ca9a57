import { describe, expect, test } from '@jest/globals';
import { createSharedCall } from '../../../executor/adapters/shared-call.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const PAUSE_MS = 20;

/** Each call gives its number when it is told to end. */
function aSharedCall() {
  const clock = createManualClock();
  const calls: { end(): void; fail(): void }[] = [];
  const ask = createSharedCall(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = calls.length + 1;
        calls.push({ end: () => resolve(number), fail: () => reject(new Error(`call ${number}`)) });
      }),
    () => clock.sleep(PAUSE_MS),
  );
  return { clock, calls, ask };
}

describe('a shared call', () => {
  test('serves all who ask at one moment, and begins at once', async () => {
    const { clock, calls, ask } = aSharedCall();
    const asked = [ask(), ask(), ask()];
    await clock.advance(0);
    calls[0]?.end();
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
  });

  test('serves nobody who asked after it began: they share the one after it', async () => {
    const { clock, calls, ask } = aSharedCall();
    const early = ask();
    await clock.advance(PAUSE_MS);
    const late = [ask(), ask()];
    await clock.advance(1_000);
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    expect(await early).toBe(1);
    await clock.advance(0);
    calls[1]?.end();
    expect(await Promise.all(late)).toEqual([2, 2]);
  });

  test('is followed by a pause, after which all who asked in it share one call', async () => {
    const { clock, calls, ask } = aSharedCall();
    const first = ask();
    await clock.advance(5);
    calls[0]?.end();
    await first;
    const asked = [ask()];
    await clock.advance(10);
    asked.push(ask());
    expect(calls).toHaveLength(1);
    await clock.advance(5);
    calls[1]?.end();
    expect(await Promise.all(asked)).toEqual([2, 2]);
  });

  test('that fails, fails those who share it and nobody after them', async () => {
    const { clock, calls, ask } = aSharedCall();
    const failed = expect(Promise.all([ask(), ask()])).rejects.toThrow('call 1');
    await clock.advance(0);
    calls[0]?.fail();
    await failed;
    const next = ask();
    await clock.advance(PAUSE_MS);
    calls[1]?.end();
    expect(await next).toBe(2);
  });
});
