/** Services that need so many workers: idle tasks, each of which reserves more than half of one. */
import type Docker from 'dockerode';
import { SERVICE_LABEL } from '../../../../internal/contract/labels.ts';
import { callDocker } from '../../../../internal/docker/docker-client.ts';
import { listWantedTasks } from '../../../cluster/story/swarm-view.ts';
import { eventually } from '../../../eventually.ts';
import { removeService } from '../../support/services.ts';
import type { Pool } from './pool.ts';

const DEMAND = 'demand';
/** Of the cores that every engine reports: those of this machine. */
const RESERVED_SHARE = 0.6;

/** Needs one worker for each task; the executor does not scale it. */
export async function createDemand({ engine, stage }: Pool, workers: number): Promise<void> {
  const { NCPU: cores } = (await engine.docker.info()) as { NCPU: number };
  await callDocker(`creating ${DEMAND}`, () =>
    engine.docker.createService({
      Name: DEMAND,
      Labels: { [SERVICE_LABEL.scale]: 'false' },
      Mode: { Replicated: { Replicas: workers } },
      TaskTemplate: {
        ContainerSpec: { Image: stage.images.busybox, StopGracePeriod: 1_000_000_000 },
        Resources: { Reservations: { NanoCPUs: Math.round(cores * RESERVED_SHARE * 1e9) } },
        Networks: [{ Target: 'host' }],
      },
    } as Docker.CreateServiceOptions),
  );
}

export const removeDemand = ({ engine }: Pool): Promise<void> => removeService(engine, DEMAND);

export async function waitUntilDemandIsMet({ engine }: Pool, tasks: number): Promise<void> {
  await eventually(
    `${tasks} tasks have found room`,
    async () => {
      const wanted = await listWantedTasks(engine.docker);
      return (
        wanted.filter(({ service, state }) => service === DEMAND && state === 'running').length === tasks
      );
    },
    { withinMs: 60_000, everyMs: 250 },
  );
}
