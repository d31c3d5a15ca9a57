/** Services that need so many workers: idle tasks, each of which reserves more than half of one. */
import type Docker from 'dockerode';
import { SERVICE_LABEL } from '../../../../internal/contract/labels.ts';
import { callDocker } from '../../../../internal/docker/docker-client.ts';
import { listWantedTasks } from '../../../cluster/story/swarm-view.ts';
import { eventually } from '../../../eventually.ts';
import { removeService, updateService } from '../../support/services.ts';
import type { Pool } from './pool.ts';

const DEMAND = 'demand';
/** Of the cores that every engine reports: those of this machine. */
const RESERVED_SHARE = 0.6;

/** Needs one worker for each task. */
export async function createDemand(pool: Pool, workers: number): Promise<void> {
  const { NCPU: cores } = (await pool.engine.docker.info()) as { NCPU: number };
  await createReserving(pool, DEMAND, workers, { NanoCPUs: Math.round(cores * RESERVED_SHARE * 1e9) });
}

/** @param reservations of each task, as the engine's API takes them; the executor does not scale the service */
export async function createReserving(
  { engine, stage }: Pool,
  name: string,
  replicas: number,
  reservations: object,
): Promise<void> {
  await callDocker(`creating ${name}`, () =>
    engine.docker.createService({
      Name: name,
      Labels: { [SERVICE_LABEL.scale]: 'false' },
      Mode: { Replicated: { Replicas: replicas } },
      TaskTemplate: {
        ContainerSpec: { Image: stage.images.busybox, StopGracePeriod: 1_000_000_000 },
        Resources: { Reservations: reservations },
        Networks: [{ Target: 'host' }],
      },
    } as Docker.CreateServiceOptions),
  );
}

export const changeDemand = ({ engine }: Pool, workers: number): Promise<void> =>
  updateService(engine, DEMAND, { replicas: workers });

export const removeDemand = ({ engine }: Pool): Promise<void> => removeService(engine, DEMAND);

export async function waitUntilDemandIsMet(
  { engine }: Pool,
  tasks: number,
  name: string = DEMAND,
): Promise<void> {
  await eventually(
    `${tasks} tasks have found room`,
    async () => {
      const wanted = await listWantedTasks(engine.docker);
      return wanted.filter(({ service, state }) => service === name && state === 'running').length === tasks;
    },
    { withinMs: 60_000, everyMs: 250 },
  );
}
