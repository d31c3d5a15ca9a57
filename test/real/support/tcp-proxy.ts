/**
 * Stands before a part of the stack and spoils what passes, byte for byte: what a network does. Knows of HTTP only that a
 * request begins with its method and path.
 */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/**
 * `away`: every connection is cut. `silent`: nothing comes back. `slow`: each answer takes its time. `half`: answers end in
 * the middle. `corrupt`: their bodies are no JSON any more.
 */
export const WIRE_MANNERS = ['away', 'silent', 'slow', 'half', 'corrupt'] as const;
export type WireManner = (typeof WIRE_MANNERS)[number];

export type TcpProxy = AsyncDisposable & {
  readonly port: number;
  /** What was passed on: method and path. */
  readonly passed: readonly string[];
  setManner(manner: WireManner | undefined): void;
  setUpstream(upstream: NetConnectOpts): void;
  /**
   * Once, when such a request arrives and has not been passed on, or when its answer is there and has not: `act` is called,
   * and when it is done the line is cut.
   */
  cutNext(request: RegExp, moment: 'before' | 'after', act: Act): void;
};

/** What `slow` takes. */
const SLOW_MS = 1_500;
const REQUEST_LINE = /^([A-Z]+ [^ ]+) HTTP/;

type Act = (request: string) => Promise<void>;
type Cut = {
  readonly request: RegExp;
  readonly moment: 'before' | 'after';
  readonly act: Act;
};

export async function startTcpProxy(
  first: NetConnectOpts,
  { slowMs = SLOW_MS }: { readonly slowMs?: number } = {},
): Promise<TcpProxy> {
  const passed: string[] = [];
  let upstream = first;
  let manner: WireManner | undefined;
  let cut: Cut | undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };

  const server = createServer((client) => {
    keep(client);
    const part = keep(connect(upstream));
    const end = (): void => {
      client.destroy();
      part.destroy();
    };
    let struck = false;
    const strike = (act: Act, request: string): void => {
      struck = true;
      cut = undefined;
      void act(request).finally(end);
    };
    let awaited: { readonly act: Act; readonly request: string } | undefined;
    client.on('close', end);
    part.on('close', () => client.end());
    client.on('data', (bytes) => {
      if (struck) return;
      if (manner === 'away') return end();
      const request = bytes.toString('latin1');
      const met = cut?.request.test(request) === true ? cut : undefined;
      if (met?.moment === 'before') return strike(met.act, request);
      if (met !== undefined) {
        awaited = { act: met.act, request };
        cut = undefined;
      }
      const line = REQUEST_LINE.exec(request)?.[1];
      if (line !== undefined) passed.push(line);
      part.write(bytes);
    });
    part.on('data', (bytes) => {
      if (struck) return;
      if (awaited !== undefined) return strike(awaited.act, awaited.request);
      hand(bytes, client, manner, slowMs, end);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    setManner(next) {
      manner = next;
      // What is open from better times would go on as if nothing had happened.
      for (const socket of sockets) socket.destroy();
    },
    setUpstream(next) {
      upstream = next;
    },
    cutNext(request, moment, act) {
      cut = { request, moment, act };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function hand(
  bytes: Buffer,
  client: Socket,
  manner: WireManner | undefined,
  slowMs: number,
  end: () => void,
): void {
  switch (manner) {
    case undefined:
      client.write(bytes);
      return;
    case 'away':
      end();
      return;
    case 'silent':
      return;
    case 'slow':
      setTimeout(() => client.write(bytes), slowMs);
      return;
    case 'half':
      client.end(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      return;
    case 'corrupt':
      client.write(Buffer.from(bytes.toString('latin1').replaceAll(/["{[]/g, '?'), 'latin1'));
  }
}
