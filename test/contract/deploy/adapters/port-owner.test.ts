import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { describeOwner, settlePorts } from '../../../../deploy/adapters/port-owner.ts';
import type { StackPorts } from '../../../../deploy/core/plan-parts.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listenOn(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen({ host, port: 0 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const ports = (some: Partial<StackPorts> = {}): StackPorts => ({
  prometheus: 0,
  alertmanager: 0,
  rulegen: 0,
  exporter: 0,
  executor: 0,
  ...some,
});

test('each 0 becomes a free port of its own; a port that was asked for stays', async () => {
  const free = await listenOn('127.0.0.1');
  servers.pop()?.close();
  const settled = await settlePorts(ports({ rulegen: free }));
  expect(settled.rulegen).toBe(free);
  expect(new Set(Object.values(settled)).size).toBe(5);
  expect(Object.values(settled)).not.toContain(0);
});

test.each(['127.0.0.1', '0.0.0.0', '::'])(
  'a port that is taken on %s is named with its owner',
  async (host) => {
    const port = await listenOn(host);
    expect(describeOwner(port)).toMatch(new RegExp(`\\S+ \\(pid ${process.pid}\\)`));
    await expect(settlePorts(ports({ exporter: port }))).rejects.toThrow(
      new RegExp(
        `^port ${port} for exporter is taken by .+ \\(pid ${process.pid}\\); choose another with --exporter.port`,
      ),
    );
  },
);

test('one port for two parts is refused', async () => {
  const port = await listenOn('127.0.0.1');
  servers.pop()?.close();
  await expect(settlePorts(ports({ rulegen: port, executor: port }))).rejects.toThrow(
    'is taken by this stack’s own rulegen',
  );
});

test('of a port that nobody listens on, no owner is invented', () => {
  expect(describeOwner(1)).toContain('another process');
});
