/** A socket before an engine's own that lets through what it is told to, refuses all else, and keeps a record of both. */
import { chmodSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type GateCall = { readonly method: string; readonly path: string };

export type DockerGate = AsyncDisposable & {
  /** As `--docker.host` takes it. */
  readonly address: string;
  readonly socketPath: string;
  readonly passed: readonly GateCall[];
  readonly refused: readonly GateCall[];
};

/** @param target `unix://…` of the engine; anybody on this machine may use the gate */
export async function startDockerGate(
  target: string,
  allows: (call: GateCall) => boolean,
): Promise<DockerGate> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-gate-'));
  const socketPath = join(folder, 'docker.sock');
  const passed: GateCall[] = [];
  const refused: GateCall[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    const call = { method: incoming.method ?? '', path };
    const allowed = allows(call);
    (allowed ? passed : refused).push(call);
    if (allowed) forward(target.replace(/^unix:\/\//, ''), incoming, response);
    else response.writeHead(403).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  chmodSync(folder, 0o755);
  chmodSync(socketPath, 0o666);
  return {
    address: `unix://${socketPath}`,
    socketPath,
    passed,
    refused,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function forward(socketPath: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ socketPath, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
