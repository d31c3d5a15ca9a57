/** Swarm services as the real tests create and watch them. */
import type Docker from 'dockerode';

import { callDocker } from '../../../internal/docker/docker-client.ts';
import { findSwarmService, type SwarmService } from '../../../internal/docker/swarm-service.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';

export type ServiceOptions = {
  readonly name: string;
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the containers, beside those that Swarm sets. */
  readonly containerLabels?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly mode?: object;
  readonly mounts?: readonly object[];
};

export async function createService(engine: Engine, options: ServiceOptions): Promise<string> {
  const { name, image, labels = {}, replicas = 1, cpuLimitCores, memoryLimitBytes, env = {} } = options;
  const limits = {
    ...(cpuLimitCores === undefined ? {} : { NanoCPUs: Math.round(cpuLimitCores * 1e9) }),
    ...(memoryLimitBytes === undefined ? {} : { MemoryBytes: memoryLimitBytes }),
  };
  const created = await callDocker(`creating ${name}`, () =>
    engine.docker.createService({
      Name: name,
      Labels: labels,
      Mode: options.mode ?? { Replicated: { Replicas: replicas } },
      TaskTemplate: {
        ContainerSpec: {
          Image: image,
          Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
          Labels: options.containerLabels ?? {},
          StopGracePeriod: 1_000_000_000,
          ...(options.command === undefined ? {} : { Command: options.command }),
          ...(options.mounts === undefined ? {} : { Mounts: options.mounts }),
        },
        Resources: { Limits: limits },
        RestartPolicy: { Condition: 'any', Delay: 500_000_000 },
        Networks: [{ Target: 'host' }],
      },
    } as Docker.CreateServiceOptions),
  );
  return created.id;
}

export async function serviceNamed(engine: Engine, name: string): Promise<SwarmService> {
  const service = await findSwarmService(engine.docker, name);
  if (service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}

export async function replicasOf(engine: Engine, name: string): Promise<number> {
  return (await serviceNamed(engine, name)).replicas ?? 0;
}

export async function removeService(engine: Engine, name: string): Promise<void> {
  await callDocker(`removing ${name}`, () => engine.docker.getService(name).remove());
}

/** What somebody else does: `docker service scale`, `docker service update --label-add` and the like. */
export async function updateService(
  engine: Engine,
  name: string,
  change: { readonly replicas?: number; readonly labels?: Readonly<Record<string, string>> },
): Promise<void> {
  await eventually(
    `${name} is updated`,
    async () => {
      const service = await serviceNamed(engine, name);
      await callDocker(`updating ${name}`, () =>
        engine.docker.getService(service.id).update({
          ...service.spec,
          version: service.version,
          Labels: { ...service.labels, ...change.labels },
          ...(change.replicas === undefined ? {} : { Mode: { Replicated: { Replicas: change.replicas } } }),
        }),
      );
      return true;
    },
    { withinMs: 5_000 },
  );
}

export async function waitForRunning(
  engine: Engine,
  name: string,
  tasks: number,
  withinMs = 30_000,
): Promise<void> {
  await eventually(
    `${tasks} tasks of ${name} run`,
    async () => (await serviceNamed(engine, name)).runningTasks === tasks,
    { withinMs, everyMs: 200 },
  );
}
