/** An HTTP server on loopback that answers JSON, and that a test can take away and bring back on the same port. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type JsonAnswer = { readonly status: number; readonly json: unknown };

export type JsonServer = AsyncDisposable & {
  readonly url: string;
  /** Paths without their query, in the order of arrival. */
  readonly calls: readonly string[];
  /** Every call waits for this before it is answered. */
  holdUntil(released: Promise<void>): void;
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function startJsonServer(
  answer: (request: IncomingMessage, path: string) => JsonAnswer,
): Promise<JsonServer> {
  const sockets = new Set<Socket>();
  const calls: string[] = [];
  let held: Promise<void> = Promise.resolve();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    calls.push(path);
    void held.then(() => {
      const { status, json } = answer(request, path);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    holdUntil(released) {
      held = released;
    },
    stop,
    start: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (server.listening) await stop();
    },
  };
}
