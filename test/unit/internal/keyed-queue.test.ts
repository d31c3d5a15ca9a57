import { afterEach, describe, expect, test } from '@jest/globals';
import { createKeyedQueue, type KeyedQueue, type RunResult } from '../../../internal/daemon/keyed-queue.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

type Run = { readonly key: string; finish(result?: RunResult): void; fail(error: Error): void };

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function aQueue(concurrency = 4, gapMs = 0, waveMs = 0) {
  const clock = createManualClock();
  const runs: Run[] = [];
  const errors: string[] = [];
  const queue: KeyedQueue = createKeyedQueue({
    name: 'test',
    clock,
    concurrency,
    gapMs,
    waveMs,
    retry: { firstMs: 100, maxMs: 1_000 },
    run: (key) =>
      new Promise((resolve, reject) => {
        runs.push({ key, finish: (result = {}) => resolve(result), fail: reject });
      }),
    onError: (key, error) => errors.push(`${key}: ${String(error)}`),
  });
  const stop = new AbortController();
  stops.push(stop);
  const ended = queue.actor.run(stop.signal);
  return { clock, queue, runs, errors, stop, ended };
}

const keysOf = (runs: readonly Run[]): string[] => runs.map(({ key }) => key);

describe('the queue of a control loop', () => {
  test('runs a key once however often it is added before the run', async () => {
    const { clock, queue, runs } = aQueue();
    queue.add('web');
    queue.add('web');
    queue.add('api');
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['web', 'api']);
  });

  test('lets nobody wait for ever behind a key that is woken again and again while it runs', async () => {
    const { clock, queue, runs } = aQueue(1);
    queue.add('busy');
    await clock.advance(0);
    queue.add('web');
    await clock.advance(10);
    queue.add('busy');
    runs[0]?.finish();
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['busy', 'web']);
  });

  test('tells how many keys wait, and how long the first of them has', async () => {
    const { clock, queue, runs } = aQueue(1);
    expect([queue.waiting(), queue.waitedMs()]).toEqual([0, 0]);
    queue.add('web');
    await clock.advance(0);
    queue.add('api');
    await clock.advance(300);
    queue.add('shop');
    queue.addAfter('later', 5_000);
    await clock.advance(200);
    expect([queue.waiting(), queue.waitedMs()]).toEqual([2, 500]);
    runs[0]?.finish();
    await clock.advance(0);
    expect([queue.waiting(), queue.waitedMs()]).toEqual([1, 200]);
  });

  test('never runs a key twice at once, and runs it once more for what came during the run', async () => {
    const { clock, queue, runs } = aQueue();
    queue.add('web');
    await clock.advance(0);
    queue.add('web');
    queue.add('web');
    await clock.advance(1_000);
    expect(keysOf(runs)).toEqual(['web']);
    runs[0]?.finish();
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['web', 'web']);
    runs[1]?.finish();
    await clock.advance(10_000);
    expect(runs).toHaveLength(2);
  });

  test('leaves a gap between two runs of a key, and makes one run of all that came in it', async () => {
    const { clock, queue, runs } = aQueue(4, 50);
    queue.add('web');
    await clock.advance(0);
    queue.add('web');
    runs[0]?.finish();
    await clock.advance(20);
    queue.add('web');
    queue.add('api');
    await clock.advance(29);
    expect(keysOf(runs)).toEqual(['web', 'api']);
    await clock.advance(1);
    expect(keysOf(runs)).toEqual(['web', 'api', 'web']);
    runs[2]?.finish();
    await clock.advance(50);
    queue.add('web');
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['web', 'api', 'web', 'web']);
  });

  test('starts at once while nothing is under way, else what comes closely together', async () => {
    const { clock, queue, runs } = aQueue(4, 0, 20);
    queue.add('web');
    await clock.advance(5);
    expect(keysOf(runs)).toEqual(['web']);
    queue.add('api');
    await clock.advance(10);
    queue.add('shop');
    await clock.advance(4);
    expect(keysOf(runs)).toEqual(['web']);
    await clock.advance(1);
    expect(keysOf(runs)).toEqual(['web', 'api', 'shop']);
    for (const run of runs) run.finish();
    await clock.advance(1);
    queue.add('late');
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['web', 'api', 'shop', 'late']);
  });

  test('runs nothing after its end', async () => {
    const { clock, queue, runs, stop, ended } = aQueue();
    queue.addAfter('later', 1_000);
    stop.abort();
    await ended;
    queue.add('web');
    await clock.advance(2_000);
    expect(runs).toEqual([]);
  });

  test('holds to its concurrency', async () => {
    const { clock, queue, runs } = aQueue(2);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['a', 'b']);
    expect(queue.waiting()).toBe(1);
    runs[0]?.finish();
    await clock.advance(0);
    expect(keysOf(runs)).toEqual(['a', 'b', 'c']);
  });

  test('looks again when the run asks for it, and at once when something comes before', async () => {
    const { clock, queue, runs } = aQueue();
    queue.add('web');
    await clock.advance(0);
    runs[0]?.finish({ againAfterMs: 30_000 });
    await clock.advance(29_999);
    expect(runs).toHaveLength(1);
    await clock.advance(1);
    expect(runs).toHaveLength(2);
    runs[1]?.finish({ againAfterMs: 30_000 });
    await clock.advance(5_000);
    queue.add('web');
    await clock.advance(0);
    expect(runs).toHaveLength(3);
  });

  test('comes back after a failure with growing delays, and starts small again after a success', async () => {
    const { clock, queue, runs, errors } = aQueue();
    queue.add('web');
    await clock.advance(0);
    runs[0]?.fail(new Error('away'));
    await clock.advance(100);
    expect(runs).toHaveLength(2);
    runs[1]?.fail(new Error('away'));
    await clock.advance(140);
    expect(runs).toHaveLength(2);
    await clock.advance(60);
    expect(runs).toHaveLength(3);
    runs[2]?.finish();
    expect(errors).toEqual(['web: Error: away', 'web: Error: away']);
  });

  test('ends only when the runs under way have ended', async () => {
    const { clock, queue, runs, stop, ended } = aQueue();
    queue.add('web');
    await clock.advance(0);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    stop.abort();
    await clock.advance(0);
    expect(over).toBe(false);
    runs[0]?.finish();
    await ended;
    expect(over).toBe(true);
  });
});
