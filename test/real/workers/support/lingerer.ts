/** A task on every worker that takes its whole grace period to stop: no drain is over before it. */
import type Docker from 'dockerode';
import { callDocker } from '../../../../internal/docker/docker-client.ts';
import type { Pool } from './pool.ts';

export const LINGERER = 'lingerer';
const LINGER_NS = 10_000_000_000;

export async function createLingerer({ engine, stage }: Pool): Promise<void> {
  await callDocker(`creating ${LINGERER}`, () =>
    engine.docker.createService({
      Name: LINGERER,
      Mode: { Global: {} },
      TaskTemplate: {
        ContainerSpec: {
          Image: stage.images.busybox,
          Command: ['sh', '-c', 'trap "" TERM; while true; do sleep 1000 & wait $!; done'],
          StopGracePeriod: LINGER_NS,
        },
        Networks: [{ Target: 'host' }],
      },
    } as Docker.CreateServiceOptions),
  );
}
