/** Services, nodes and tasks of the Swarm, from a manager's engine. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { parseSwarmService, type SwarmService } from '../../internal/docker/swarm-service.ts';
import type { ScrapeNode, ScrapeTask } from '../core/plan-scrape-targets.ts';
import type { ServiceFacts } from '../core/service-facts.ts';
import type { SwarmLister } from '../ports.ts';

const node = z.object({
  ID: z.string(),
  Spec: z.object({ Role: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
  Description: z.object({ Hostname: z.string().nullish() }).nullish(),
  Status: z.object({ State: z.string(), Addr: z.string().nullish() }),
  ManagerStatus: z.object({ Addr: z.string().nullish() }).nullish(),
});
const attachment = z.object({
  Network: z.object({ Spec: z.object({ Ingress: z.boolean().nullish() }).nullish() }).nullish(),
  Addresses: z.array(z.string()).nullish(),
});
const port = z.object({
  TargetPort: z.number(),
  PublishedPort: z.number().nullish(),
  PublishMode: z.string().nullish(),
});
const task = z.object({
  ID: z.string(),
  ServiceID: z.string(),
  NodeID: z.string().nullish(),
  Slot: z.number().nullish(),
  Status: z.object({
    State: z.string(),
    PortStatus: z.object({ Ports: z.array(port).nullish() }).nullish(),
  }),
  NetworksAttachments: z.array(attachment).nullish(),
});

export function createDockerSwarmLister(docker: Docker): SwarmLister {
  /** By id: most services are as they were, and stay the same objects from listing to listing. */
  let known: ReadonlyMap<string, KnownService> = new Map();
  return {
    async listServices() {
      const answer: unknown = await callDocker('listing services', () => docker.listServices());
      if (!Array.isArray(answer))
        throw new AppError('unavailable', 'listing services: the answer is not a list');
      const listed = answer.map((json: ListedService) => {
        const before = known.get(json?.ID ?? '');
        return before !== undefined && before.version === json?.Version?.Index
          ? before
          : toKnown(parseSwarmService(json));
      });
      known = new Map(listed.map((service) => [service.facts.id, service]));
      return listed.map(({ facts }) => facts);
    },
    async listNodes() {
      const answer: unknown = await callDocker('listing nodes', () => docker.listNodes());
      return parseList(node, answer, 'listing nodes').map(toScrapeNode);
    },
    async listTasks(serviceIds) {
      const filters = { service: [...serviceIds], 'desired-state': ['running'] };
      const answer: unknown = await callDocker('listing tasks', () =>
        docker.listTasks({ filters: JSON.stringify(filters) }),
      );
      return parseList(task, answer, 'listing tasks')
        .filter(({ Status }) => Status.State === 'running')
        .map(toScrapeTask);
    },
  };
}

/** As far as it is looked at before it is known that it is news, and parsed. */
type ListedService = { readonly ID?: string; readonly Version?: { readonly Index?: number } } | null;

type KnownService = { readonly version: number; readonly facts: ServiceFacts };

/** Not the whole spec: a thousand of them are megabytes. */
function toKnown(service: SwarmService): KnownService {
  const { id, version, name, labels, mode, cpuLimitCores, memoryLimitBytes, mountsVolume } = service;
  return { version, facts: { id, name, labels, mode, cpuLimitCores, memoryLimitBytes, mountsVolume } };
}

function parseList<T>(schema: z.ZodType<T>, answer: unknown, what: string): readonly T[] {
  const parsed = z.array(schema).safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AppError('unavailable', `${what}: not Docker’s answer: ${z.prettifyError(parsed.error)}`);
}

function toScrapeNode({ ID, Spec, Description, Status, ManagerStatus }: z.infer<typeof node>): ScrapeNode {
  // A manager's own address may show as 0.0.0.0; what it advertises to the others is right.
  const unset = ['', '0.0.0.0', '::'].includes(Status.Addr ?? '');
  const advertised = (ManagerStatus?.Addr ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return {
    id: ID,
    hostname: Description?.Hostname ?? '',
    role: Spec.Role === 'manager' ? 'manager' : 'worker',
    address: unset ? advertised : (Status.Addr ?? ''),
    state: Status.State,
    labels: Spec.Labels ?? {},
  };
}

function toScrapeTask({
  ID,
  ServiceID,
  NodeID,
  Slot,
  Status,
  NetworksAttachments,
}: z.infer<typeof task>): ScrapeTask {
  return {
    id: ID,
    serviceId: ServiceID,
    slot: Slot ?? 0,
    nodeId: NodeID ?? '',
    addresses: (NetworksAttachments ?? [])
      .filter(({ Network }) => Network?.Spec?.Ingress !== true)
      .flatMap(({ Addresses }) => Addresses ?? [])
      .map((address) => address.replace(/\/\d+$/, '')),
    hostPorts: (Status.PortStatus?.Ports ?? [])
      .filter(({ PublishMode }) => PublishMode === 'host')
      .map(({ TargetPort, PublishedPort }) => ({
        target: TargetPort,
        published: PublishedPort ?? TargetPort,
      })),
  };
}
