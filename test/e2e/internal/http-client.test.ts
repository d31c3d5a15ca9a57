import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { callHttp, callJson } from '../../../internal/daemon/http-client.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function aServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a call to an API', () => {
  test('gives the JSON of the answer', async () => {
    const url = await aServer((_request, response) => response.end('{"a":1}'));
    expect(await callJson({ url, timeoutMs: 1_000 })).toEqual({ a: 1 });
  });

  test('names the address, the status and the beginning of an answer that is no success', async () => {
    const url = await aServer((_request, response) => response.writeHead(500).end('rule 7 is broken'));
    await expect(callJson({ url, timeoutMs: 1_000 })).rejects.toThrow(
      `GET ${url}: HTTP 500 rule 7 is broken`,
    );
    expect(await callHttp({ url, timeoutMs: 1_000 })).toMatchObject({
      status: 500,
      text: 'rule 7 is broken',
    });
  });

  test('tells the media type of the answer without its parameters', async () => {
    const typed = await aServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'Text/HTML; charset=utf-8' }).end('<html>'),
    );
    expect(await callHttp({ url: typed, timeoutMs: 1_000 })).toMatchObject({ mediaType: 'text/html' });
    const untyped = await aServer((_request, response) => response.end('?'));
    expect(await callHttp({ url: untyped, timeoutMs: 1_000 })).toMatchObject({ mediaType: '' });
  });

  test('refuses an answer that is not JSON', async () => {
    const url = await aServer((_request, response) => response.end('<html>'));
    await expect(callJson({ url, timeoutMs: 1_000 })).rejects.toThrow('is not JSON');
  });

  test('gives up in time on a server that is silent, even in the middle of an answer', async () => {
    const silent = await aServer(() => {});
    await expect(callJson({ url: silent, timeoutMs: 100 })).rejects.toThrow('no answer within 100 ms');
    const half = await aServer((_request, response) => response.write('{'));
    await expect(callJson({ url: half, timeoutMs: 100 })).rejects.toThrow('no answer within 100 ms');
  });

  test('fails at once where the answer breaks off', async () => {
    const url = await aServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('{');
      setImmediate(() => response.destroy());
    });
    await expect(callHttp({ url, timeoutMs: 60_000 })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is given up when its caller gives up', async () => {
    const url = await aServer((_request, response) => response.write('{'));
    const signal = AbortSignal.timeout(50);
    await expect(callHttp({ url, timeoutMs: 60_000, signal })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('says that nobody listens', async () => {
    const url = await aServer(() => {});
    for (const close of closers.splice(0)) close();
    await expect(callJson({ url, timeoutMs: 1_000 })).rejects.toThrow(/ECONNREFUSED/);
  });
});
