/** A node of the Swarm as the engine's API shows it, cut down to what decisions about machines need. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../daemon/app-error.ts';
import { callDocker } from './docker-client.ts';
import { genericResources } from './generic-resources.ts';

export type SwarmNode = {
  readonly id: string;
  /** The index that an update must name; any other update in between makes it stale. */
  readonly version: number;
  readonly hostname: string;
  readonly address: string;
  readonly role: 'manager' | 'worker';
  readonly availability: 'active' | 'pause' | 'drain';
  readonly state: 'ready' | 'down' | 'unknown' | 'disconnected';
  readonly labels: Readonly<Record<string, string>>;
  readonly engineLabels: Readonly<Record<string, string>>;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  /** What it has of further kinds, such as `gpu`. */
  readonly generic: Readonly<Record<string, number>>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The whole spec as the engine gave it: an update must send all of it back. */
  readonly spec: Readonly<Record<string, unknown>>;
};

const labels = z.record(z.string(), z.string()).nullish();
const schema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  CreatedAt: z.string(),
  UpdatedAt: z.string(),
  Spec: z.looseObject({
    Role: z.enum(['manager', 'worker']),
    Availability: z.enum(['active', 'pause', 'drain']),
    Labels: labels,
  }),
  // A node that has just been admitted has not described itself yet.
  Description: z
    .object({
      Hostname: z.string().nullish(),
      Platform: z.object({ OS: z.string().nullish(), Architecture: z.string().nullish() }).nullish(),
      Resources: z
        .object({
          NanoCPUs: z.number().nullish(),
          MemoryBytes: z.number().nullish(),
          GenericResources: genericResources,
        })
        .nullish(),
      Engine: z.object({ Labels: labels }).nullish(),
    })
    .nullish(),
  Status: z.object({ State: z.string(), Addr: z.string().nullish() }),
});

/** One element of `GET /nodes`. Throws `AppError` unavailable where it is not of that shape. */
export function parseSwarmNode(json: unknown): SwarmNode {
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new AppError(
      'unavailable',
      `Docker's answer is not a Swarm node: ${z.prettifyError(parsed.error)}`,
    );
  const { ID, Version, CreatedAt, UpdatedAt, Spec, Description, Status } = parsed.data;
  const raw = json as { readonly Spec: Readonly<Record<string, unknown>> };
  return {
    id: ID,
    version: Version.Index,
    hostname: Description?.Hostname ?? '',
    address: Status.Addr ?? '',
    role: Spec.Role,
    availability: Spec.Availability,
    state: stateOf(Status.State),
    labels: Spec.Labels ?? {},
    engineLabels: Description?.Engine?.Labels ?? {},
    platform: {
      os: Description?.Platform?.OS ?? '',
      architecture: Description?.Platform?.Architecture ?? '',
    },
    nanoCpus: Description?.Resources?.NanoCPUs ?? 0,
    memoryBytes: Description?.Resources?.MemoryBytes ?? 0,
    generic: Description?.Resources?.GenericResources ?? {},
    createdAtMs: Date.parse(CreatedAt),
    updatedAtMs: Date.parse(UpdatedAt),
    spec: raw.Spec,
  };
}

function stateOf(text: string): SwarmNode['state'] {
  return text === 'ready' || text === 'down' || text === 'disconnected' ? text : 'unknown';
}

/** All nodes of the Swarm. A worker's engine is `AppError` unavailable: it cannot list them. */
export async function listSwarmNodes(docker: Docker): Promise<readonly SwarmNode[]> {
  const answer: unknown = await callDocker('listing nodes', () => docker.listNodes());
  if (!Array.isArray(answer)) throw new AppError('unavailable', 'listing nodes: the answer is not a list');
  return answer.map(parseSwarmNode);
}
