/** The nodes and tasks of a test's Swarm, as its manager's engine tells. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { callDocker } from '../../../internal/docker/docker-client.ts';

export type NodeView = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly role: 'manager' | 'worker';
  readonly address: string;
  readonly isReady: boolean;
  readonly availability: 'active' | 'pause' | 'drain';
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
};

export type TaskView = {
  readonly service: string;
  /** Undefined while no node suits it. */
  readonly nodeId: string | undefined;
  readonly state: string;
  readonly problem: string | undefined;
};

const nodesAnswer = z.array(
  z.object({
    ID: z.string(),
    Version: z.object({ Index: z.number() }),
    Description: z.object({ Hostname: z.string().default('') }).default({ Hostname: '' }),
    Status: z.object({ State: z.string(), Addr: z.string().default('') }),
    Spec: z.looseObject({
      Role: z.enum(['manager', 'worker']),
      Availability: z.enum(['active', 'pause', 'drain']),
      Labels: z.record(z.string(), z.string()).nullish(),
    }),
  }),
);

export async function listNodes(docker: Docker): Promise<readonly NodeView[]> {
  const nodes = nodesAnswer.parse(await callDocker('listing nodes', () => docker.listNodes()));
  return nodes.map(({ ID, Version, Description, Status, Spec }) => ({
    id: ID,
    name: Description.Hostname,
    version: Version.Index,
    role: Spec.Role,
    address: Status.Addr,
    isReady: Status.State === 'ready',
    availability: Spec.Availability,
    labels: Spec.Labels ?? {},
    spec: Spec,
  }));
}

const tasksAnswer = z.array(
  z.object({
    NodeID: z.string().optional(),
    ServiceID: z.string(),
    Status: z.object({ State: z.string(), Err: z.string().optional() }),
  }),
);
const servicesAnswer = z.array(z.object({ ID: z.string(), Spec: z.object({ Name: z.string() }) }));

/** The tasks that are meant to run, of all services. */
export async function listWantedTasks(docker: Docker): Promise<readonly TaskView[]> {
  const filters = JSON.stringify({ 'desired-state': ['running'] });
  const [tasks, services] = await Promise.all([
    callDocker('listing tasks', () => docker.listTasks({ filters } as object)),
    callDocker('listing services', () => docker.listServices()),
  ]);
  const names = new Map(servicesAnswer.parse(services).map(({ ID, Spec }) => [ID, Spec.Name]));
  return tasksAnswer.parse(tasks).map(({ NodeID, ServiceID, Status }) => ({
    service: names.get(ServiceID) ?? ServiceID,
    nodeId: NodeID,
    state: Status.State,
    problem: Status.Err,
  }));
}

/** What a person does: `docker node update --availability …`. */
export async function setAvailability(
  docker: Docker,
  node: NodeView,
  availability: NodeView['availability'],
): Promise<void> {
  await callDocker(`setting ${node.name} to ${availability}`, () =>
    docker.getNode(node.id).update({ ...node.spec, version: node.version, Availability: availability }),
  );
}

/** Where the replicas of an application that run answer. */
export async function endpointsOf(
  docker: Docker,
  service: string,
  port: number,
  path: string,
): Promise<readonly string[]> {
  const [nodes, tasks] = await Promise.all([listNodes(docker), listWantedTasks(docker)]);
  const running = tasks.filter((task) => task.service === service && task.state === 'running');
  return running.flatMap(({ nodeId }) =>
    nodes.filter(({ id }) => id === nodeId).map(({ address }) => `http://${address}:${port}${path}`),
  );
}
