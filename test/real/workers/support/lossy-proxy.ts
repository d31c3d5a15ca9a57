/** Stands between the executor and Occopus, and spoils what passes: what a network does. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { callHttp } from '../../../../internal/daemon/http-client.ts';

export type LossyProxy = AsyncDisposable & {
  readonly url: string;
  /** Every connection ends without an answer, and nothing reaches Occopus. */
  setAway(isAway: boolean): void;
  /** Each answer takes this much longer. */
  setDelayMs(ms: number): void;
  /** The next POST is carried out, and its answer lost. */
  loseNextAnswer(): void;
  /** POSTs that reached Occopus, by path. */
  readonly posts: readonly string[];
};

const UPSTREAM_WITHIN_MS = 120_000;

export async function startLossyProxy(upstreamUrl: string): Promise<LossyProxy> {
  const posts: string[] = [];
  let isAway = false;
  let delayMs = 0;
  let losesNext = false;

  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isAway) {
      response.destroy();
      return;
    }
    const method = request.method as 'GET' | 'POST' | 'DELETE';
    const path = request.url ?? '/';
    if (method === 'POST') posts.push(path);
    const isLost = losesNext && method === 'POST';
    if (isLost) losesNext = false;
    const { status, text, mediaType } = await callHttp({
      method,
      url: upstreamUrl + path,
      timeoutMs: UPSTREAM_WITHIN_MS,
    });
    await delay(delayMs);
    if (isLost) response.destroy();
    else response.writeHead(status, { 'content-type': mediaType }).end(text);
  };

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    setAway(away) {
      isAway = away;
    },
    setDelayMs(ms) {
      delayMs = ms;
    },
    loseNextAnswer() {
      losesNext = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
