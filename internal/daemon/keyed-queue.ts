/**
 * The queue of a control loop. A key says only *what* to look at again; the run re-reads the world. At most one run per
 * key at a time; triggers during a run coalesce into one further run; failures come back with back-off.
 *
 *            add              start                 end, nothing new
 *   (idle) ───────▶ waiting ───────▶ running ─────────────────────────▶ (idle)
 *                      ▲                │ add during the run, failure, or "again after"
 *                      └────────────────┘
 */
import { createAlarm } from './alarm.ts';
import { type BackOff, createBackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { Actor } from './run-group.ts';

export type RunResult = { readonly againAfterMs?: number };

export type KeyedQueueOptions = {
  readonly name: string;
  readonly clock: Clock;
  /** Runs of different keys that may be under way at once. */
  readonly concurrency: number;
  /** Between two runs of one key: what comes in between makes one run at its end. */
  readonly gapMs?: number;
  /** Between two starts of runs: what becomes due in between starts together, and can share what it reads. */
  readonly waveMs?: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  run(key: string, signal: AbortSignal): Promise<RunResult>;
  onError(key: string, error: unknown, retryAfterMs: number): void;
};

export type KeyedQueue = {
  /** Looks at the key as soon as possible. */
  add(key: string): void;
  /** Looks at the key after a delay, unless an earlier look is due. */
  addAfter(key: string, delayMs: number): void;
  /** Keys due now and not under way. */
  waiting(): number;
  /** How long the one of them that is due for longest has waited; 0 when none does. */
  waitedMs(): number;
  readonly actor: Actor;
};

type Entry = {
  dueMs: number;
  /** When the gap after the last run ends. */
  notBeforeMs: number;
  running: boolean;
  readonly backOff: BackOff;
};

export function createKeyedQueue(options: KeyedQueueOptions): KeyedQueue {
  const { clock, gapMs = 0, waveMs = 0 } = options;
  const entries = new Map<string, Entry>();
  const underWay = new Set<Promise<void>>();
  const alarm = createAlarm(clock);
  let live: AbortSignal | undefined;
  let isPassDue = false;
  let nextWaveMs = 0;

  const entryOf = (key: string): Entry => {
    const existing = entries.get(key);
    if (existing !== undefined) return existing;
    const entry = {
      dueMs: Number.POSITIVE_INFINITY,
      notBeforeMs: 0,
      running: false,
      backOff: createBackOff(options.retry),
    };
    entries.set(key, entry);
    return entry;
  };
  const dueEntries = (): readonly (readonly [string, Entry])[] =>
    [...entries].filter(([, entry]) => !entry.running && entry.dueMs <= clock.now());
  const addAfter = (key: string, delayMs: number): void => {
    const entry = entryOf(key);
    entry.dueMs = Math.min(entry.dueMs, Math.max(entry.notBeforeMs, clock.now() + delayMs));
    wake();
  };

  const runOne = async (key: string, entry: Entry, signal: AbortSignal): Promise<void> => {
    entry.running = true;
    entry.dueMs = Number.POSITIVE_INFINITY;
    try {
      const { againAfterMs } = await options.run(key, signal);
      entry.backOff.reset();
      if (againAfterMs !== undefined) addAfter(key, againAfterMs);
    } catch (error) {
      if (signal.aborted) return;
      const retryAfterMs = entry.backOff.nextMs();
      options.onError(key, error, retryAfterMs);
      addAfter(key, retryAfterMs);
    } finally {
      entry.running = false;
      entry.notBeforeMs = clock.now() + gapMs;
      if (entry.dueMs !== Number.POSITIVE_INFINITY) entry.dueMs = Math.max(entry.dueMs, entry.notBeforeMs);
    }
  };

  const forgetIdle = (): void => {
    for (const [key, { running, dueMs, notBeforeMs }] of entries)
      if (!running && dueMs === Number.POSITIVE_INFINITY && notBeforeMs <= clock.now()) entries.delete(key);
  };

  /** Who has been due for longest comes first: one that is woken while it runs waits its turn behind the others. */
  const startDue = (signal: AbortSignal): void => {
    const free = options.concurrency - underWay.size;
    if (free <= 0 || clock.now() < waveStartMs()) return;
    const due = dueEntries().toSorted(([, a], [, b]) => a.dueMs - b.dueMs);
    if (due.length > 0) nextWaveMs = clock.now() + waveMs;
    for (const [key, entry] of due.slice(0, free)) {
      const run = runOne(key, entry, signal).finally(() => {
        underWay.delete(run);
        wake();
      });
      underWay.add(run);
    }
  };
  /** Where nothing is under way there is nobody to share with. */
  const waveStartMs = (): number => (underWay.size === 0 ? 0 : nextWaveMs);

  /** Starts what is due; after it nothing happens until something is added or ends, or the next entry is due. */
  const pass = (): void => {
    isPassDue = false;
    if (live === undefined || live.aborted) return;
    forgetIdle();
    startDue(live);
    if (underWay.size >= options.concurrency) return;
    const waiting = [...entries.values()].filter(({ running }) => !running);
    alarm.ringAt(Math.max(waveStartMs(), Math.min(...waiting.map(({ dueMs }) => dueMs))), pass);
  };
  const wake = (): void => {
    if (isPassDue) return;
    isPassDue = true;
    queueMicrotask(pass);
  };

  return {
    add: (key) => addAfter(key, 0),
    addAfter,
    waiting: () => dueEntries().length,
    waitedMs: () => Math.max(0, ...dueEntries().map(([, { dueMs }]) => clock.now() - dueMs)),
    actor: {
      name: options.name,
      async run(signal) {
        live = signal;
        pass();
        await untilAborted(signal);
        alarm.stop();
        await Promise.all(underWay);
      },
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
