import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { type Actor, runGroup } from '../../../internal/daemon/run-group.ts';

function untilStopped(name: string, ended: string[]): Actor {
  return {
    name,
    run: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          ended.push(name);
          resolve();
        });
      }),
  };
}

describe('a run group', () => {
  test('stops all when the first ends, and ends when all have', async () => {
    const ended: string[] = [];
    const first: Actor = { name: 'signals', run: async () => {} };
    const result = await runGroup(
      [untilStopped('http', ended), first, untilStopped('loop', ended)],
      silentLogger,
    );
    expect(result).toEqual({ ended: 'signals' });
    expect(ended).toEqual(['http', 'loop']);
  });

  test('tells which actor failed, and with what', async () => {
    const ended: string[] = [];
    const error = new Error('address in use');
    const broken: Actor = { name: 'http', run: () => Promise.reject(error) };
    expect(await runGroup([untilStopped('loop', ended), broken], silentLogger)).toEqual({
      ended: 'http',
      error,
    });
    expect(ended).toEqual(['loop']);
  });
});
