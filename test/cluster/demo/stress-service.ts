/** The service under load: its replicas share it, and each reserves more than half of a worker. */
import type Docker from 'dockerode';
import { WORK_URL_VARIABLE } from '../../../deploy/demo/stress-image.ts';
import { SERVICE_LABEL } from '../../../internal/contract/labels.ts';
import { isAppError } from '../../../internal/daemon/app-error.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { MAX_WORKERS, SERVICE } from './core/steps.ts';

const LIMIT_CORES = 0.15;
/** Of the cores that the engine reports, which are all of this machine's. */
const RESERVED_SHARE = 0.6;
/** Too much for three replicas at 80 %, little enough for four. */
export const STRESS_CORES = LIMIT_CORES * 2.8;

export async function createStressService(docker: Docker, imageId: string, workUrl: string): Promise<void> {
  const { NCPU: cores } = (await callDocker('reading the engine', () => docker.info())) as { NCPU: number };
  await callDocker(`creating ${SERVICE}`, () =>
    docker.createService({
      Name: SERVICE,
      Labels: {
        [SERVICE_LABEL.max]: String(MAX_WORKERS),
        [SERVICE_LABEL.scaleupCooldown]: '3s',
      },
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ContainerSpec: { Image: imageId, Env: [`${WORK_URL_VARIABLE}=${workUrl}`] },
        Resources: {
          Limits: { NanoCPUs: LIMIT_CORES * 1e9 },
          Reservations: { NanoCPUs: Math.round(cores * RESERVED_SHARE * 1e9) },
        },
        Networks: [{ Target: 'host' }],
      },
    }),
  );
}

export async function removeStressService(docker: Docker): Promise<void> {
  try {
    await callDocker(`removing ${SERVICE}`, () => docker.getService(SERVICE).remove());
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
  }
}
