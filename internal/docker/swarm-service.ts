/** A Swarm service as the engine's API shows it, cut down to what rules and decisions need. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../daemon/app-error.ts';
import { callDocker } from './docker-client.ts';

export type ServiceMode = 'replicated' | 'global' | 'replicated-job' | 'global-job';

export type SwarmService = {
  readonly id: string;
  /** The index that an update must name; any other update in between makes it stale. */
  readonly version: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: ServiceMode;
  /** Desired replicas; undefined unless the mode is `replicated`. */
  readonly replicas: number | undefined;
  readonly runningTasks: number;
  /** CPU limit of one task in cores, memory limit in bytes; undefined without a limit. */
  readonly cpuLimitCores: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly maxReplicasPerNode: number | undefined;
  readonly mountsVolume: boolean;
  /** `updating`, `rollback_started`, `completed` …; undefined when it was never updated. */
  readonly updateState: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Replicas and labels before the last update; undefined when there was none. */
  readonly previous:
    | { readonly replicas: number | undefined; readonly labels: Readonly<Record<string, string>> }
    | undefined;
  /** The whole spec as the engine gave it: an update must send all of it back. */
  readonly spec: Readonly<Record<string, unknown>>;
};

const labels = z.record(z.string(), z.string()).nullish();
const mode = z.object({
  Replicated: z.object({ Replicas: z.number().nullish() }).optional(),
  Global: z.unknown().optional(),
  ReplicatedJob: z.unknown().optional(),
  GlobalJob: z.unknown().optional(),
});
const schema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  CreatedAt: z.string(),
  UpdatedAt: z.string(),
  Spec: z.looseObject({
    Name: z.string(),
    Labels: labels,
    Mode: mode,
    TaskTemplate: z.looseObject({
      ContainerSpec: z
        .looseObject({ Mounts: z.array(z.looseObject({ Type: z.string().nullish() })).nullish() })
        .nullish(),
      Resources: z
        .looseObject({
          Limits: z
            .looseObject({ NanoCPUs: z.number().nullish(), MemoryBytes: z.number().nullish() })
            .nullish(),
        })
        .nullish(),
      Placement: z.looseObject({ MaxReplicas: z.number().nullish() }).nullish(),
    }),
  }),
  PreviousSpec: z.looseObject({ Labels: labels, Mode: mode.optional() }).nullish(),
  UpdateStatus: z.looseObject({ State: z.string().nullish() }).nullish(),
  ServiceStatus: z.looseObject({ RunningTasks: z.number() }).nullish(),
});

/** One element of `GET /services?status=true`. Throws `AppError` unavailable where it is not of that shape. */
export function parseSwarmService(json: unknown): SwarmService {
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new AppError(
      'unavailable',
      `Docker's answer is not a Swarm service: ${z.prettifyError(parsed.error)}`,
    );
  const { ID, Version, CreatedAt, UpdatedAt, Spec, PreviousSpec, UpdateStatus, ServiceStatus } = parsed.data;
  const limits = Spec.TaskTemplate.Resources?.Limits;
  const nanoCpus = limits?.NanoCPUs ?? 0;
  const raw = json as { readonly Spec: Readonly<Record<string, unknown>> };
  return {
    id: ID,
    version: Version.Index,
    name: Spec.Name,
    labels: Spec.Labels ?? {},
    mode: modeOf(Spec.Mode),
    replicas: replicasOf(Spec.Mode),
    runningTasks: ServiceStatus?.RunningTasks ?? 0,
    cpuLimitCores: nanoCpus > 0 ? nanoCpus / 1e9 : undefined,
    memoryLimitBytes: orUndefined(limits?.MemoryBytes),
    maxReplicasPerNode: orUndefined(Spec.TaskTemplate.Placement?.MaxReplicas),
    mountsVolume: (Spec.TaskTemplate.ContainerSpec?.Mounts ?? []).some(({ Type }) => Type === 'volume'),
    updateState: UpdateStatus?.State ?? undefined,
    createdAtMs: Date.parse(CreatedAt),
    updatedAtMs: Date.parse(UpdatedAt),
    previous:
      PreviousSpec?.Mode == null
        ? undefined
        : { replicas: replicasOf(PreviousSpec.Mode), labels: PreviousSpec.Labels ?? {} },
    spec: raw.Spec,
  };
}

function modeOf(spec: z.infer<typeof mode>): ServiceMode {
  if (spec.Global !== undefined) return 'global';
  if (spec.ReplicatedJob !== undefined) return 'replicated-job';
  return spec.GlobalJob === undefined ? 'replicated' : 'global-job';
}

function replicasOf(spec: z.infer<typeof mode>): number | undefined {
  return modeOf(spec) === 'replicated' ? (spec.Replicated?.Replicas ?? 1) : undefined;
}

const orUndefined = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined || value <= 0 ? undefined : value;

/** All services of the Swarm, in one call. A worker's engine is `AppError` unavailable: it cannot list them. */
export async function listSwarmServices(docker: Docker): Promise<readonly SwarmService[]> {
  const answer: unknown = await callDocker('listing services', () =>
    docker.listServices({ status: true } as object),
  );
  if (!Array.isArray(answer)) throw new AppError('unavailable', 'listing services: the answer is not a list');
  return answer.map(parseSwarmService);
}

/** The service of exactly this name, or undefined. */
export async function findSwarmService(docker: Docker, name: string): Promise<SwarmService | undefined> {
  const found = (await listServicesNamed(docker, [name])).get(name);
  return found === undefined ? undefined : parseSwarmService(found);
}

/** Addresses of requests stay short enough for any proxy in between. */
const NAMES_PER_CALL = 50;

/** Those of exactly these names that there are, each for `parseSwarmService`: one that is odd fails no other. */
export async function listServicesNamed(
  docker: Docker,
  names: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const parts = Array.from({ length: Math.ceil(names.length / NAMES_PER_CALL) }, (_, index) =>
    names.slice(index * NAMES_PER_CALL, (index + 1) * NAMES_PER_CALL),
  );
  const lists = await Promise.all(parts.map((part) => listNamed(docker, part)));
  // Docker's own filter takes any prefix.
  return new Map(lists.flat().filter(([name]) => names.includes(name)));
}

const namedSchema = z.array(z.object({ Spec: z.object({ Name: z.string() }) }));

async function listNamed(
  docker: Docker,
  names: readonly string[],
): Promise<readonly (readonly [name: string, json: unknown])[]> {
  const what = names.length === 1 ? `reading service ${names[0]}` : `reading ${names.length} services`;
  const answer: unknown = await callDocker(what, () =>
    docker.listServices({ status: true, filters: JSON.stringify({ name: names }) } as object),
  );
  const parsed = namedSchema.safeParse(answer);
  if (!parsed.success || !Array.isArray(answer))
    throw new AppError('unavailable', `${what}: the answer is not a list of services`);
  return parsed.data.map(({ Spec }, index) => [Spec.Name, answer[index]]);
}
