import type Docker from 'dockerode';
import { STATE_NODE_LABEL } from '../../internal/contract/labels.ts';
import { AppError, isAppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { listSwarmNodes, type SwarmNode } from '../../internal/docker/swarm-node.ts';
import { listSwarmServices, type SwarmService } from '../../internal/docker/swarm-service.ts';
import { listSwarmTasks, type SwarmTask } from '../../internal/docker/swarm-task.ts';
import type { WorkerService } from '../core/workers/swarm-view.ts';
import type { LabelChange, WorkerSwarm } from '../ports.ts';
import { hostPortsOf } from './host-ports.ts';

/** Nodes, services and tasks of the Swarm, each changed with its version index as the guard against changes in between. */
export function createSwarmWorkers(docker: Docker): WorkerSwarm {
  return {
    nodes: () => listSwarmNodes(docker),
    async read() {
      const [nodes, services] = await Promise.all([listSwarmNodes(docker), listSwarmServices(docker)]);
      const tasks = await listTasks(docker, nodes);
      return {
        view: { nodes, tasks, services: services.map(toWorkerService) },
        markNode: (id, { availability, labels }) => {
          const node = found(nodes, id);
          const spec = { ...node.spec, Availability: availability, Labels: withLabels(node.labels, labels) };
          return updateNode(docker, node, spec);
        },
        setReplicas: (id, { replicas, labels }) => {
          const service = found(services, id);
          const mode = { Replicated: { Replicas: replicas } };
          const spec = { ...service.spec, Mode: mode, Labels: withLabels(service.labels, labels) };
          return updateService(docker, service, spec);
        },
        removeNode: (id) => removeNode(docker, id),
      };
    },
  };
}

/** What leaves a node counts as well while the node is being emptied: its requests end before its machine does. */
async function listTasks(docker: Docker, nodes: readonly SwarmNode[]): Promise<readonly SwarmTask[]> {
  const emptied = nodes.filter(({ labels }) => labels[STATE_NODE_LABEL.drain] !== undefined);
  const lists = await Promise.all([
    listSwarmTasks(docker, { 'desired-state': ['running'] }),
    ...emptied.map(({ id }) => listSwarmTasks(docker, { node: [id] })),
  ]);
  return [...new Map(lists.flat().map((task) => [task.id, task])).values()];
}

function toWorkerService({ spec, ...service }: SwarmService): WorkerService {
  return { ...service, hostPorts: hostPortsOf(spec) };
}

function found<T extends { readonly id: string }>(all: readonly T[], id: string): T {
  const one = all.find((candidate) => candidate.id === id);
  if (one === undefined) throw new AppError('not_found', `the Swarm has no ${id}`);
  return one;
}

function withLabels(
  labels: Readonly<Record<string, string>>,
  change: LabelChange,
): Readonly<Record<string, string>> {
  const changed = Object.entries({ ...labels, ...change });
  return Object.fromEntries(changed.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

async function updateNode(docker: Docker, node: SwarmNode, spec: object): Promise<void> {
  await callDocker(`updating node ${node.hostname}`, () =>
    docker.getNode(node.id).update({ _query: { version: node.version }, _body: spec }),
  );
}

async function updateService(docker: Docker, service: SwarmService, spec: object): Promise<void> {
  const query = { version: service.version, registryAuthFrom: 'spec' };
  await callDocker(`scaling service ${service.name}`, () =>
    docker.getService(service.id).update({ _query: query, _body: spec }),
  );
}

async function removeNode(docker: Docker, id: string): Promise<void> {
  try {
    await callDocker(`removing node ${id}`, () => docker.getNode(id).remove({ force: true }));
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
  }
}
