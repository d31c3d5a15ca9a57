/** Hands out CPU work over HTTP: a pull is answered when there is a unit for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../internal/daemon/clock.ts';
import { createWorkQueue } from './work-queue.ts';

export type WorkServer = AsyncDisposable & {
  /** Where replicas pull: their environment variable WORK_URL. */
  readonly url: string;
  /** Offers this many CPU seconds per second, shared by all replicas that pull. */
  setLoad(cores: number): void;
  /** Replicas that wait for work at this moment. */
  waiting(): number;
  stop(): Promise<void>;
};

export type WorkServerOptions = {
  readonly listenHost: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly clock?: Clock;
};

const PATH = '/work';

export async function createWorkServer(options: WorkServerOptions): Promise<WorkServer> {
  const { listenHost, port, clock = systemClock } = options;
  const queue = createWorkQueue(clock);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== PATH) {
      response.writeHead(404).end();
      return;
    }
    const leave = queue.join((ticks) => {
      response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' }).end(`${ticks}\n`);
    });
    response.on('close', leave);
  });
  server.listen({ host: listenHost, port });
  await once(server, 'listening');

  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    queue.close();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    url: `http://${listenHost}:${(server.address() as AddressInfo).port}${PATH}`,
    setLoad: queue.setLoad,
    waiting: queue.waiting,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
