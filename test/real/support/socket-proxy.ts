/**
 * Stands before a Docker socket, as socket proxies do on managers: counts what passes and answers 403 to what is not
 * allowed. An endpoint is a method and a path without its version, each id written `{id}`.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SocketProxy = AsyncDisposable & {
  /** `unix:///tmp/…`, as `--docker.host` takes it. */
  readonly address: string;
  /** How often each endpoint was called: `GET /services`. */
  readonly calls: ReadonlyMap<string, number>;
  /** Called, and not allowed. */
  readonly refused: ReadonlySet<string>;
};

export async function startSocketProxy(
  socketPath: string,
  allowed: ReadonlySet<string>,
): Promise<SocketProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'socket-proxy-'));
  const calls = new Map<string, number>();
  const refused = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const endpoint = endpointOf(request);
    calls.set(endpoint, (calls.get(endpoint) ?? 0) + 1);
    if (allowed.has(endpoint)) {
      forward(socketPath, request, response);
      return;
    }
    refused.add(endpoint);
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: `${endpoint} is not allowed` }));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    address: `unix://${path}`,
    calls,
    refused,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Collections are lists; what follows one is an id. */
function endpointOf({ method = 'GET', url = '/' }: IncomingMessage): string {
  const path = (url.split('?')[0] ?? '/').replace(/^\/v1\.\d+(?=\/)/, '');
  return `${method} ${path.replace(/^\/(services|nodes|tasks|containers|configs|networks)\/[^/]+/, '/$1/{id}')}`;
}

function forward(socketPath: string, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = request;
  const onward = httpRequest({ socketPath, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // Events must not wait for the next ones.
    response.flushHeaders();
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
