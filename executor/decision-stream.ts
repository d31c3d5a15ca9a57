/**
 * Decisions as server-sent events, as they are journalled. Whoever comes back with the id of the last event that they saw
 * gets what they missed first. A reader that does not keep up is let go, and comes back by itself.
 */
import type { ServerResponse } from 'node:http';
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import type { JournalEntry } from './core/journal-entry.ts';
import type { DecisionLog } from './decision-log.ts';

export type DecisionStream = {
  /** Answers the request, for as long as its connection lasts. Unavailable while there are too many readers. */
  serve(response: ServerResponse, wish: StreamWish): void;
  /** Sends heartbeats, and at the end closes all streams. */
  readonly actor: Actor;
  readers(): number;
};

export type StreamWish = {
  readonly target: string | undefined;
  /** The last event that the reader has seen. */
  readonly afterId: number | undefined;
};

const MAX_READERS = 64;
const MAX_UNSENT_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const RECONNECT_AFTER_MS = 2_000;
const HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Proxies that collect answers would hold events back.
  'x-accel-buffering': 'no',
};

export function createDecisionStream(
  log: Pick<DecisionLog, 'recent' | 'listen'>,
  clock: Clock,
): DecisionStream {
  const readers = new Set<ServerResponse>();
  let isOver = false;
  const send = (response: ServerResponse, text: string): void => {
    response.write(text);
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  };
  return {
    readers: () => readers.size,
    serve(response, { target, afterId }) {
      if (isOver) throw new AppError('unavailable', 'the executor is stopping');
      if (readers.size >= MAX_READERS)
        throw new AppError('unavailable', `${MAX_READERS} readers follow the decisions already`);
      const isWanted = (entry: JournalEntry): boolean => target === undefined || entry.target === target;
      response.writeHead(200, HEAD);
      send(response, `retry: ${RECONNECT_AFTER_MS}\n\n`);
      for (const entry of missedSince(log.recent(), afterId).filter(isWanted)) send(response, eventOf(entry));
      const stopListening = log.listen((entry) => {
        if (isWanted(entry)) send(response, eventOf(entry));
      });
      readers.add(response);
      response.on('close', () => {
        stopListening();
        readers.delete(response);
      });
    },
    actor: {
      name: 'decision stream',
      async run(signal) {
        while (!signal.aborted) {
          await clock.sleep(HEARTBEAT_MS, signal);
          for (const response of readers) send(response, ': still here\n\n');
        }
        isOver = true;
        for (const response of readers) response.end();
      },
    },
  };
}

/** Without an id only what comes from now on; else what is still in memory, the newest 2,000. */
function missedSince(entries: readonly JournalEntry[], afterId: number | undefined): readonly JournalEntry[] {
  return afterId === undefined ? [] : entries.filter(({ id }) => id > afterId);
}

const eventOf = (entry: JournalEntry): string =>
  `id: ${entry.id}\nevent: decision\ndata: ${JSON.stringify(entry)}\n\n`;
