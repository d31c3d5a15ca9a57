import type Docker from 'dockerode';
import { z } from 'zod';
import { KEEP_LABEL } from '../../internal/contract/labels.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { listSwarmNodes } from '../../internal/docker/swarm-node.ts';
import {
  listServicesNamed,
  parseSwarmService,
  type SwarmService,
} from '../../internal/docker/swarm-service.ts';
import type { KeptService, ReplicaChange, ScalingTarget } from '../ports.ts';
import { countNodesFor } from './nodes-for-service.ts';
import { createBatchedCall } from './shared-call.ts';

/** Replicas of Swarm services, changed with the version index as the guard against changes in between. */
export function createSwarmScalingTarget(docker: Docker): ScalingTarget {
  const list = createBatchedCall((names) => listServicesNamed(docker, names));
  return {
    async read(name) {
      const found = (await list(name)).get(name);
      if (found === undefined) return undefined;
      const service = parseSwarmService(found);
      const { replicas, runningTasks } = service;
      const isShort = replicas !== undefined && runningTasks < replicas;
      const tasksWithoutNode = isShort ? await countTasksWithoutNode(docker, service.id) : 0;
      const byNodes = await countPlaces(docker, service);
      return {
        status: { ...service, tasksWithoutNode, byNodes },
        scale: (change) => updateService(docker, service, change),
      };
    },
    listKept: () => listKept(docker),
  };
}

const keptSchema = z.array(
  z.object({
    Spec: z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
  }),
);

async function listKept(docker: Docker): Promise<readonly KeptService[]> {
  const filters = JSON.stringify({ label: [KEEP_LABEL] });
  const parsed = keptSchema.safeParse(
    await callDocker('listing services', () => docker.listServices({ filters })),
  );
  if (!parsed.success)
    throw new AppError('unavailable', 'listing services: the answer is not a list of services');
  return parsed.data.map(({ Spec }) => ({ name: Spec.Name, labels: Spec.Labels ?? {} }));
}

/** So many tasks may run at most, where the service limits its replicas per node. */
async function countPlaces(
  docker: Docker,
  { maxReplicasPerNode, spec }: SwarmService,
): Promise<number | undefined> {
  if (maxReplicasPerNode === undefined) return undefined;
  return maxReplicasPerNode * countNodesFor(spec, await listSwarmNodes(docker));
}

async function updateService(docker: Docker, service: SwarmService, change: ReplicaChange): Promise<void> {
  const body = {
    ...service.spec,
    Labels: { ...service.labels, ...change.labels },
    Mode: { Replicated: { Replicas: change.replicas } },
  };
  // Without registryAuthFrom=spec the engine would drop the credentials of a private registry.
  const query = { version: service.version, registryAuthFrom: 'spec' };
  await callDocker(`scaling service ${service.name}`, () =>
    docker.getService(service.id).update({ _query: query, _body: body }),
  );
}

const tasksSchema = z.array(z.object({ Status: z.object({ State: z.string(), Err: z.string().nullish() }) }));

async function countTasksWithoutNode(docker: Docker, serviceId: string): Promise<number> {
  const filters = JSON.stringify({ service: [serviceId], 'desired-state': ['running'] });
  const parsed = tasksSchema.safeParse(
    await callDocker('listing tasks', () => docker.listTasks({ filters })),
  );
  if (!parsed.success) throw new AppError('unavailable', 'listing tasks: the answer is not a list of tasks');
  return parsed.data.filter(
    ({ Status }) => Status.State === 'pending' && (Status.Err ?? '').includes('no suitable node'),
  ).length;
}
