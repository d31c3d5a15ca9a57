import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startProbe } from '../../cluster/story/probe.ts';
import { eventually } from '../../eventually.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A replica that answers with this status, or not at all. */
async function startReplica(status: number | 'silent'): Promise<string> {
  const server = createServer((_request, response) => {
    if (status !== 'silent') response.writeHead(status).end();
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Nobody listens there. */
const REFUSED = 'http://127.0.0.1:3/';

async function probe(endpoints: readonly string[], requests: number) {
  const running = startProbe({ endpoints: async () => endpoints });
  await eventually(`${requests} requests are sent`, () => running.requests().sent >= requests);
  return await running.stop();
}

describe('the probe', () => {
  test('takes turns between the replicas, and loses nothing while both answer', async () => {
    const { lost, retried } = await probe([await startReplica(200), await startReplica(204)], 6);
    expect({ lost, retried }).toEqual({ lost: [], retried: 0 });
  });

  test.each([
    ['refuses', REFUSED],
    ['answers 503', 503],
    ['does not answer', 'silent'],
  ] as const)('has the answer of the other replica when one %s', async (_case, broken) => {
    const url = broken === REFUSED ? broken : await startReplica(broken);
    const { lost, retried } = await probe([url, await startReplica(200)], 6);
    expect(lost).toEqual([]);
    expect(retried).toBeGreaterThan(0);
  });

  test('counts each request as lost that neither replica answers, with the reasons', async () => {
    const { lost, sent } = await probe([REFUSED, await startReplica(500)], 4);
    expect(lost).toHaveLength(sent);
    expect(lost[0]?.problem).toMatch(/ECONNREFUSED.*HTTP 500|HTTP 500.*ECONNREFUSED/s);
  });

  test('waits for the application to be there before it sends the first request', async () => {
    let endpoints: readonly string[] = [];
    let looks = 0;
    const running = startProbe({
      endpoints: async () => {
        looks += 1;
        return endpoints;
      },
    });
    await eventually('it looks twice', () => looks > 1);
    expect(running.requests().sent).toBe(0);
    endpoints = [await startReplica(200)];
    await eventually('it sends', () => running.requests().sent > 0);
    expect((await running.stop()).lost).toEqual([]);
  });
});
