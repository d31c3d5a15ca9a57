/** The service that the demo scales: created with a limit and labels as a user would, and removed at the end. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { load } from 'js-yaml';
import { z } from 'zod';
import { SERVICE_LABEL } from '../../internal/contract/labels.ts';
import { isAppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { listSwarmServices } from '../../internal/docker/swarm-service.ts';
import { MAX_REPLICAS, MIN_REPLICAS } from './core/steps.ts';
import { WORK_URL_VARIABLE } from './stress-image.ts';

export const LIMIT_CORES = 0.2;

const NAME_PREFIX = 'micado-demo-';
const NAME = new RegExp(`^${NAME_PREFIX}[0-9a-f]{4}$`);

/** Another one each time, so that nothing of an earlier run is taken for this one's. */
export const newServiceName = (): string => `${NAME_PREFIX}${randomBytes(2).toString('hex')}`;

export type DemoService = {
  readonly name: string;
  readonly imageId: string;
  readonly workUrl: string;
  /** Labels beside those that every run has. */
  readonly labels: Readonly<Record<string, string>>;
};

export async function createDemoService(docker: Docker, service: DemoService): Promise<void> {
  await callDocker(`creating service ${service.name}`, () =>
    docker.createService({
      Name: service.name,
      Labels: {
        [SERVICE_LABEL.min]: String(MIN_REPLICAS),
        [SERVICE_LABEL.max]: String(MAX_REPLICAS),
        // The way up has the defaults; the way down would take minutes.
        [SERVICE_LABEL.scaledownFor]: '5s',
        [SERVICE_LABEL.scaledownCooldown]: '5s',
        ...service.labels,
      },
      TaskTemplate: {
        ContainerSpec: { Image: service.imageId, Env: [`${WORK_URL_VARIABLE}=${service.workUrl}`] },
        Resources: { Limits: { NanoCPUs: LIMIT_CORES * 1e9 } },
        Networks: [{ Target: 'host' }],
      },
      Mode: { Replicated: { Replicas: MIN_REPLICAS } },
    }),
  );
}

/** Nothing happens where it is gone already. */
export async function removeDemoService(docker: Docker, name: string): Promise<void> {
  try {
    await callDocker(`removing service ${name}`, () => docker.getService(name).remove());
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
  }
}

/** Removes the services of demos that were killed; gives their names. */
export async function removeLeftovers(docker: Docker): Promise<readonly string[]> {
  const names = (await listSwarmServices(docker)).map(({ name }) => name).filter((name) => NAME.test(name));
  for (const name of names) await removeDemoService(docker, name);
  return names;
}

const policySchema = z.object({ defaults: z.object({ scale: z.boolean().default(true) }).optional() });

/** The label that a service needs to be scaled, unless the policy scales every service. */
export async function labelsForPolicy(policyFile: string): Promise<Readonly<Record<string, string>>> {
  return (await scalesByDefault(policyFile)) ? {} : { [SERVICE_LABEL.scale]: 'true' };
}

/** Where the policy cannot be understood the label does no harm. */
async function scalesByDefault(policyFile: string): Promise<boolean> {
  try {
    const policy = policySchema.safeParse(load(await readFile(policyFile, 'utf8')));
    return policy.success && policy.data.defaults?.scale !== false;
  } catch (error) {
    return systemErrorCode(error) === 'ENOENT';
  }
}
