/** The sockets that socket-proxy.stack.yaml gives to the parts. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import type { Stage } from './stage.ts';

/** On the manager, of a Swarm with so many services. */
export async function seeWhatProxyLetsPass(stage: Stage, services: number): Promise<void> {
  const behind = (part: string) =>
    createDockerClient({
      kind: 'socket',
      socketPath: join(stage.volume(`micado_${part}-docker`), 'docker.sock'),
    });
  const [rulegen, executor, exporter] = [behind('rulegen'), behind('executor'), behind('exporter')];
  const refused = { statusCode: 403 };

  for (const part of [rulegen, executor, exporter]) {
    expect(await part.listServices()).toHaveLength(services);
    await expect(part.swarmInspect()).rejects.toMatchObject(refused);
    await expect(part.listSecrets()).rejects.toMatchObject(refused);
    await expect(part.createContainer({ Image: 'busybox' })).rejects.toMatchObject(refused);
    await expect(part.getService('web').remove()).rejects.toMatchObject(refused);
  }
  await expect(executor.listContainers()).rejects.toMatchObject(refused);
  await expect(rulegen.getService('web').update({ version: 1 })).rejects.toMatchObject(refused);
  const containers = await exporter.listContainers();
  await expect(exporter.getContainer(containers[0]?.Id ?? '').stop()).rejects.toMatchObject(refused);
  await expect(exporter.getNode('x').remove()).rejects.toMatchObject(refused);
}
