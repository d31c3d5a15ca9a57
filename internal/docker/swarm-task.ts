/** A task of a Swarm service as the engine's API shows it, with what it needs of a node. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../daemon/app-error.ts';
import { callDocker } from './docker-client.ts';
import { genericResources } from './generic-resources.ts';

export type SwarmTask = {
  readonly id: string;
  readonly serviceId: string;
  /** Undefined while no node was found. */
  readonly nodeId: string | undefined;
  readonly state: string;
  readonly desiredState: string;
  /** What the scheduler says of a task that waits; empty when nothing. */
  readonly error: string;
  readonly needs: {
    readonly nanoCpus: number;
    readonly memoryBytes: number;
    /** Amounts by kind: `gpu`. */
    readonly generic: Readonly<Record<string, number>>;
    readonly constraints: readonly string[];
    readonly platforms: readonly { readonly os: string; readonly architecture: string }[];
    readonly maxPerNode: number | undefined;
    readonly mountsVolume: boolean;
  };
};

const schema = z.object({
  ID: z.string(),
  ServiceID: z.string().nullish(),
  NodeID: z.string().nullish(),
  DesiredState: z.string(),
  Status: z.object({ State: z.string(), Err: z.string().nullish() }),
  Spec: z.object({
    ContainerSpec: z
      .object({ Mounts: z.array(z.object({ Type: z.string().nullish() })).nullish() })
      .nullish(),
    Resources: z
      .object({
        Reservations: z
          .object({
            NanoCPUs: z.number().nullish(),
            MemoryBytes: z.number().nullish(),
            GenericResources: genericResources,
          })
          .nullish(),
      })
      .nullish(),
    Placement: z
      .object({
        Constraints: z.array(z.string()).nullish(),
        MaxReplicas: z.number().nullish(),
        Platforms: z
          .array(z.object({ OS: z.string().nullish(), Architecture: z.string().nullish() }))
          .nullish(),
      })
      .nullish(),
  }),
});

/** One element of `GET /tasks`. Throws `AppError` unavailable where it is not of that shape. */
export function parseSwarmTask(json: unknown): SwarmTask {
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new AppError(
      'unavailable',
      `Docker's answer is not a Swarm task: ${z.prettifyError(parsed.error)}`,
    );
  const { ID, ServiceID, NodeID, DesiredState, Status, Spec } = parsed.data;
  return {
    id: ID,
    serviceId: ServiceID ?? '',
    nodeId: NodeID || undefined,
    state: Status.State,
    desiredState: DesiredState,
    error: Status.Err ?? '',
    needs: needsOf(Spec),
  };
}

function needsOf(spec: z.infer<typeof schema>['Spec']): SwarmTask['needs'] {
  const reserved = spec.Resources?.Reservations;
  const placement = spec.Placement;
  const maxPerNode = placement?.MaxReplicas ?? 0;
  return {
    nanoCpus: reserved?.NanoCPUs ?? 0,
    memoryBytes: reserved?.MemoryBytes ?? 0,
    generic: reserved?.GenericResources ?? {},
    constraints: placement?.Constraints ?? [],
    platforms: (placement?.Platforms ?? []).map(({ OS, Architecture }) => ({
      os: OS ?? '',
      architecture: Architecture ?? '',
    })),
    maxPerNode: maxPerNode > 0 ? maxPerNode : undefined,
    mountsVolume: (spec.ContainerSpec?.Mounts ?? []).some(({ Type }) => Type === 'volume'),
  };
}

/** @param filters Docker's: `{ 'desired-state': ['running'] }`, `{ node: [id] }`. */
export async function listSwarmTasks(
  docker: Docker,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<readonly SwarmTask[]> {
  const answer: unknown = await callDocker('listing tasks', () =>
    docker.listTasks({ filters: JSON.stringify(filters) }),
  );
  if (!Array.isArray(answer)) throw new AppError('unavailable', 'listing tasks: the answer is not a list');
  return answer.map(parseSwarmTask);
}
