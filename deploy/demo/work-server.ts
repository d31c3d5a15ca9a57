/** Hands out CPU work over HTTP: a pull waits until there is a unit, and the first to ask is the first to get one. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../internal/daemon/clock.ts';
import { msUntilUnit, noWork, setCores, takeUnit, UNIT_TICKS } from './core/work-budget.ts';

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

/** A pull that waited this long gets an empty unit, so that neither side keeps a connection whose other end is gone. */
const LONGEST_PULL_MS = 10_000;
const NO_TICKS = 0;

export async function createWorkServer(options: WorkServerOptions): Promise<WorkServer> {
  const { listenHost, port, clock = systemClock } = options;
  const pulls = new Set<ServerResponse>();
  const stopping = new AbortController();
  let budget = noWork(clock.now());
  let nextUnit = new AbortController();

  const answer = (pull: ServerResponse, ticks: number): void => {
    pulls.delete(pull);
    pull.writeHead(200, { 'content-type': 'text/plain', connection: 'close' }).end(`${ticks}\n`);
  };
  const handOut = (): void => {
    nextUnit.abort();
    for (const pull of pulls) {
      const rest = takeUnit(budget, clock.now());
      if (rest === undefined) break;
      budget = rest;
      answer(pull, UNIT_TICKS);
    }
    const waitMs = pulls.size === 0 ? undefined : msUntilUnit(budget, clock.now());
    if (waitMs === undefined || stopping.signal.aborted) return;
    const timer = new AbortController();
    nextUnit = timer;
    void clock.sleep(waitMs, timer.signal).then(() => {
      if (!timer.signal.aborted) handOut();
    });
  };

  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/work') {
      response.writeHead(404).end();
      return;
    }
    pulls.add(response);
    response.on('close', () => pulls.delete(response));
    void clock.sleep(LONGEST_PULL_MS, stopping.signal).then(() => {
      if (pulls.has(response)) answer(response, NO_TICKS);
    });
    handOut();
  });
  server.listen({ host: listenHost, port });
  await once(server, 'listening');

  const stop = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    nextUnit.abort();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    url: `http://${listenHost}:${(server.address() as AddressInfo).port}/work`,
    setLoad(cores) {
      budget = setCores(budget, cores, clock.now());
      handOut();
    },
    waiting: () => pulls.size,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
