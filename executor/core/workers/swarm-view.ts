/** The Swarm as decisions about workers see it: machines, what runs on them, and what each task needs. */
import type { Amounts } from '../../../internal/contract/empty-worker.ts';
import { POOL_NODE_LABEL } from '../../../internal/contract/labels.ts';
import type { Labels } from '../target.ts';

export type WorkerNode = {
  readonly id: string;
  readonly hostname: string;
  readonly address: string;
  readonly role: 'manager' | 'worker';
  readonly availability: 'active' | 'pause' | 'drain';
  readonly state: 'ready' | 'down' | 'unknown' | 'disconnected';
  readonly labels: Labels;
  readonly engineLabels: Labels;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  /** What it has of further kinds, such as `gpu`. */
  readonly generic: Amounts;
  readonly createdAtMs: number;
  /** Also the time of the last change of its state. */
  readonly updatedAtMs: number;
};

export type TaskNeeds = {
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly generic: Amounts;
  readonly constraints: readonly string[];
  /** Empty: any. */
  readonly platforms: readonly { readonly os: string; readonly architecture: string }[];
  readonly maxPerNode: number | undefined;
  readonly mountsVolume: boolean;
};

export type WorkerTask = {
  readonly id: string;
  readonly serviceId: string;
  readonly nodeId: string | undefined;
  readonly state: string;
  readonly desiredState: string;
  /** What the scheduler says of a task that waits. */
  readonly error: string;
  readonly needs: TaskNeeds;
};

export type WorkerService = {
  readonly id: string;
  readonly name: string;
  readonly mode: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  readonly replicas: number | undefined;
  readonly labels: Labels;
  readonly updateState: string | undefined;
  /** Ports that a task takes of its node: `tcp/8080`. */
  readonly hostPorts: readonly string[];
};

export type SwarmView = {
  readonly nodes: readonly WorkerNode[];
  readonly services: readonly WorkerService[];
  /** All that is wanted, and everything, leaving too, on nodes that are being drained. */
  readonly tasks: readonly WorkerTask[];
};

const ENDED: readonly string[] = ['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'];

export const isAlive = ({ state }: WorkerTask): boolean => !ENDED.includes(state);
export const isWanted = (task: WorkerTask): boolean => task.desiredState === 'running' && isAlive(task);
export const runs = (task: WorkerTask): boolean =>
  task.desiredState === 'running' && task.state === 'running';

export const nodesOfPool = ({ nodes }: SwarmView, pool: string): readonly WorkerNode[] =>
  nodes.filter(({ labels }) => labels[POOL_NODE_LABEL] === pool);

export const takesTasks = ({ state, availability }: WorkerNode): boolean =>
  state === 'ready' && availability === 'active';

/** Of a node that is down nothing is heard any more: what was told to leave it has left. */
export function tasksOn({ tasks }: SwarmView, node: WorkerNode): readonly WorkerTask[] {
  const counts = node.state === 'down' ? isWanted : isAlive;
  return tasks.filter((task) => task.nodeId === node.id && counts(task));
}

export const serviceOf = ({ services }: SwarmView, task: WorkerTask): WorkerService | undefined =>
  services.find(({ id }) => id === task.serviceId);
