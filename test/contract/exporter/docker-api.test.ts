/** What the exporter's own way to Docker does with an engine that answers slowly, or in part. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createDockerApi, type DockerApi } from '../../../exporter/adapters/docker-api.ts';
import { eventually } from '../../eventually.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function beside(engine: RequestListener, timeoutMs: number): Promise<DockerApi> {
  server = createServer(engine);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return createDockerApi({ kind: 'tcp', host: '127.0.0.1', port, tls: undefined }, { timeoutMs });
}

const timersRunning = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test.each<[string, RequestListener]>([
  ['does not answer', () => {}],
  ['breaks off within an answer', (_, response) => void response.write('[{"Id":')],
])('an engine that %s is unavailable when the time is over', async (_, engine) => {
  const docker = await beside(engine, 100);
  await expect(docker.get('/containers/json')).rejects.toMatchObject({ code: 'unavailable' });
});

test('a call that was answered leaves no timer behind', async () => {
  const docker = await beside((_, response) => void response.end('[]'), 60_000);
  const before = timersRunning();
  for (let call = 0; call < 20; call += 1) await docker.getList('/containers/json');
  await eventually('no timer of a call runs', () => timersRunning() < before + 20);
});
