/**
 * Tasks that wait for a node. Only those that an empty worker of the pool would take are a reason to buy one; the others
 * would wait beside it just the same.
 */
import { POOL_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { nodesOfPool, type SwarmView, type WorkerNode, type WorkerTask } from './swarm-view.ts';
import { countRooms, emptyWorker, type Lodger, lodgerOf, type Room, whyNoRoom } from './task-room.ts';

export type PendingTasks = {
  /** Tasks that an empty worker would take, and how many workers take them all. */
  readonly waiting: readonly Lodger[];
  readonly workers: number;
  readonly unschedulable: readonly {
    readonly service: string;
    readonly tasks: number;
    readonly why: string;
  }[];
};

export function readPendingTasks(view: SwarmView, pool: string): PendingTasks {
  const known = nodesOfPool(view, pool);
  const empty = emptyWorker(view, known, { ...commonLabels(known), [POOL_NODE_LABEL]: pool });
  const judged = view.tasks.filter(waitsForNode).map((task) => {
    const lodger = lodgerOf(view, task);
    return { lodger, why: whyNotWaiting(task, empty, lodger) };
  });
  const waiting = judged.flatMap(({ lodger, why }) => (why === undefined ? [lodger] : []));
  return { waiting, workers: countRooms(empty, waiting), unschedulable: gather(judged) };
}

export const waitsForNode = ({ state, desiredState, error }: WorkerTask): boolean =>
  state === 'pending' && desiredState === 'running' && error.includes('no suitable node');

/** A new worker has what all workers of the pool have in common. */
function commonLabels(nodes: readonly WorkerNode[]): WorkerNode['labels'] {
  const [first] = nodes;
  const shared = Object.entries(first?.labels ?? {}).filter(([key, value]) =>
    nodes.every(({ labels }) => labels[key] === value),
  );
  return Object.fromEntries(shared);
}

function whyNotWaiting({ error }: WorkerTask, empty: Room, lodger: Lodger): string | undefined {
  const why = whyNoRoom(empty, lodger);
  if (why !== undefined) return why;
  // The limit of replicas per node is the user's wish for few of them, not a want of machines.
  if (/max replicas per node/.test(error) && !/insufficient resources/.test(error))
    return `at most ${lodger.needs.maxPerNode} of its tasks may share a node`;
  return undefined;
}

function gather(
  judged: readonly { readonly lodger: Lodger; readonly why: string | undefined }[],
): PendingTasks['unschedulable'] {
  const counts = new Map<string, { service: string; tasks: number; why: string }>();
  for (const { lodger, why } of judged) {
    if (why === undefined) continue;
    const entry = counts.get(`${lodger.serviceId} ${why}`) ?? { service: lodger.name, tasks: 0, why };
    counts.set(`${lodger.serviceId} ${why}`, { ...entry, tasks: entry.tasks + 1 });
  }
  return [...counts.values()];
}

export const describeUnschedulable = ({ unschedulable }: PendingTasks): string =>
  unschedulable.map(({ service, tasks, why }) => `${tasks} of ${service}: ${why}`).join('; ');

export const countUnschedulable = ({ unschedulable }: PendingTasks): number =>
  unschedulable.reduce((sum, { tasks }) => sum + tasks, 0);
