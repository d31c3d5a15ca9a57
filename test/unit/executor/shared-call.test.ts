import { describe, expect, test } from '@jest/globals';
import { createBatchedCall, createSharedCall } from '../../../executor/adapters/shared-call.ts';

type Call = { readonly names: readonly string[]; end(): void; fail(): void };

/** Each call gives its number when it is told to end. */
function aCall() {
  const calls: Call[] = [];
  const call = (names: readonly string[] = []) =>
    new Promise<number>((resolve, reject) => {
      const number = calls.length + 1;
      calls.push({ names, end: () => resolve(number), fail: () => reject(new Error(`call ${number}`)) });
    });
  return { calls, call };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a shared call', () => {
  test('serves all who ask at one moment', async () => {
    const { calls, call } = aCall();
    const ask = createSharedCall(() => call());
    const asked = [ask(), ask(), ask()];
    await settled();
    calls[0]?.end();
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
  });

  test('serves nobody who asked after it began: they share the one after it', async () => {
    const { calls, call } = aCall();
    const ask = createSharedCall(() => call());
    const early = ask();
    await settled();
    const late = [ask(), ask()];
    await settled();
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    expect(await early).toBe(1);
    await settled();
    calls[1]?.end();
    expect(await Promise.all(late)).toEqual([2, 2]);
    expect(calls).toHaveLength(2);
  });

  test('that fails, fails those who share it and nobody after them', async () => {
    const { calls, call } = aCall();
    const ask = createSharedCall(() => call());
    const failed = expect(Promise.all([ask(), ask()])).rejects.toThrow('call 1');
    await settled();
    calls[0]?.fail();
    await failed;
    const next = ask();
    await settled();
    calls[1]?.end();
    expect(await next).toBe(2);
  });
});

describe('a batched call', () => {
  test('is about each name that was asked for before it began, once', async () => {
    const { calls, call } = aCall();
    const ask = createBatchedCall(call);
    const early = [ask('web'), ask('api'), ask('web')];
    await settled();
    const late = [ask('shop'), ask('web')];
    await settled();
    calls[0]?.end();
    expect(await Promise.all(early)).toEqual([1, 1, 1]);
    await settled();
    calls[1]?.end();
    expect(await Promise.all(late)).toEqual([2, 2]);
    expect(calls.map(({ names }) => names)).toEqual([
      ['web', 'api'],
      ['shop', 'web'],
    ]);
  });
});
