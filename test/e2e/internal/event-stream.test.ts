import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createEventStream } from '../../../internal/docker/event-stream.ts';
import { eventually } from '../../eventually.ts';
import { aTempFolder } from '../../temp-folder.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** An engine whose `/events` a test writes to, byte by byte, and cuts. */
async function anEngine() {
  const requests: string[] = [];
  const streams: ServerResponse[] = [];
  let refusing = false;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (refusing) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200);
    response.flushHeaders();
    streams.push(response);
  });
  const socketPath = join(aTempFolder(), 'docker.sock');
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return {
    socketPath,
    requests,
    refuse(value: boolean) {
      refusing = value;
    },
    write: (text: string) => streams.at(-1)?.write(text),
    cut: () => streams.at(-1)?.destroy(),
  };
}

function listenTo(socketPath: string) {
  const seen: string[] = [];
  const stop = new AbortController();
  const ended = createEventStream({
    host: { kind: 'socket', socketPath },
    filters: { type: ['service'] },
    clock: systemClock,
    logger: silentLogger,
    onConnect: () => seen.push('connected'),
    onDisconnect: () => seen.push('lost'),
    onEvent: (event) => seen.push(`${event.action} ${event.attributes['name']}`),
  }).run(stop.signal);
  closers.push(async () => {
    stop.abort();
    await ended;
  });
  return seen;
}

const anEvent = (name: string, timeNano = '1700000000123456789') =>
  `{"Type":"service","Action":"create","Actor":{"ID":"1","Attributes":{"name":"${name}"}},"timeNano":${timeNano}}\n`;

describe('the event stream of an engine', () => {
  test('gives whole events however the bytes are cut, and passes over what is none', async () => {
    const engine = await anEngine();
    const seen = listenTo(engine.socketPath);
    await eventually('connected', () => seen.includes('connected'));
    const text = `${anEvent('web')}nonsense\n\n${anEvent('zürich')}`;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7)
      engine.write(bytes.subarray(at, at + 7) as unknown as string);
    await eventually('both events', () => seen.length === 3);
    expect(seen).toEqual(['connected', 'create web', 'create zürich']);
  });

  test('reconnects with the time of the last event, and says that a new list is due', async () => {
    const engine = await anEngine();
    const seen = listenTo(engine.socketPath);
    await eventually('connected', () => seen.includes('connected'));
    engine.write(anEvent('web'));
    await eventually('the event', () => seen.length === 2);
    engine.cut();
    await eventually('connected again', () => seen.length === 4);
    expect(seen).toEqual(['connected', 'create web', 'lost', 'connected']);
    expect(engine.requests.at(-1)).toContain('since=1700000000.123456789');
    expect(decodeURIComponent(engine.requests[0] ?? '')).toContain('{"type":["service"]}');
  });

  test('keeps trying while the engine refuses', async () => {
    const engine = await anEngine();
    engine.refuse(true);
    const seen = listenTo(engine.socketPath);
    await eventually('two tries', () => engine.requests.length >= 2);
    engine.refuse(false);
    await eventually('connected', () => seen.includes('connected'));
  });
});
