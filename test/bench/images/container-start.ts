/** From the order to start a container until its program answers over HTTP. */
import type Docker from 'dockerode';
import { HTTP_PATH } from '../../../internal/contract/ports.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';

const LOOK_EVERY_MS = 5;
const ANSWERS_WITHIN_MS = 30_000;

/** Milliseconds. Confined as in the stack; the container is gone afterwards. */
export async function measureStart(
  { docker, address, folder }: Engine,
  options: Docker.ContainerCreateOptions,
  port: number,
): Promise<number> {
  const container = await callDocker('creating a container', () =>
    docker.createContainer({
      ...options,
      HostConfig: {
        NetworkMode: 'host',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        CapAdd: ['SETUID', 'SETGID'],
        Binds: [`${folder}/docker.sock:/var/run/docker.sock`],
      },
    }),
  );
  try {
    const startedMs = performance.now();
    await callDocker('starting a container', () => container.start());
    const url = `http://${address}:${port}${HTTP_PATH.healthy}`;
    await eventually(`${url} answers`, async () => (await fetch(url)).ok, {
      withinMs: ANSWERS_WITHIN_MS,
      everyMs: LOOK_EVERY_MS,
    });
    return performance.now() - startedMs;
  } finally {
    await callDocker('removing a container', () => container.remove({ force: true }));
  }
}
