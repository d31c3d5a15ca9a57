import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { hold } from '../../../executor/core/decision.ts';
import { recordDecision } from '../../../executor/core/decision-record.ts';
import { type JournalEntry, numberRecord } from '../../../executor/core/journal-entry.ts';
import { createDecisionStream } from '../../../executor/decision-stream.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const entry = (detail: string): JournalEntry =>
  numberRecord(recordDecision('docker/web', hold('at_max', detail), {}, 1_000), 0);

/** Takes what is written, and hands it on only when it is read. */
function aResponse() {
  const body = new PassThrough({ highWaterMark: 1 });
  const response = Object.assign(body, { writeHead: () => response }) as unknown as ServerResponse &
    PassThrough;
  return response;
}

function aStream() {
  const clock = createManualClock();
  const listeners = new Set<(one: JournalEntry) => void>();
  const stream = createDecisionStream(
    {
      recent: () => [],
      listen(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    clock,
  );
  return {
    stream,
    clock,
    listeners,
    emit(one: JournalEntry) {
      for (const listen of listeners) listen(one);
    },
  };
}

const ALL = { target: undefined, afterId: undefined };

describe('a stream of decisions', () => {
  test('lets a reader go that takes nothing, and keeps nothing for it', async () => {
    const { stream, listeners, emit } = aStream();
    const slow = aResponse();
    stream.serve(slow, ALL);
    for (let sent = 0; sent < 30 && !slow.destroyed; sent += 1) emit(entry('x'.repeat(100_000)));
    expect(slow.destroyed).toBe(true);
    await new Promise((resolve) => slow.on('close', resolve));
    expect([stream.readers(), listeners.size]).toEqual([0, 0]);
  });

  test('sends a comment every 15 seconds, so that nobody in between takes it for dead', async () => {
    const { stream, clock } = aStream();
    const stop = new AbortController();
    const ended = stream.actor.run(stop.signal);
    const reader = aResponse();
    let text = '';
    reader.on('data', (chunk) => {
      text += String(chunk);
    });
    stream.serve(reader, ALL);
    await clock.advance(31_000);
    expect(text.match(/^: still here$/gm)).toHaveLength(2);
    stop.abort();
    await ended;
    expect(() => stream.serve(aResponse(), ALL)).toThrow('stopping');
  });
});
