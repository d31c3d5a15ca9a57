/**
 * Whether tasks fit on machines: reservations, constraints, platforms, replicas per node, host ports. What Swarm's
 * scheduler would check, on machines as they are or as an empty worker would be.
 */
import type { Amounts } from '../../../internal/contract/empty-worker.ts';
import { meetsConstraint, type PlacementNode, suitsPlatform } from '../../../internal/contract/placement.ts';
import { isWanted, type SwarmView, serviceOf, type TaskNeeds, type WorkerNode } from './swarm-view.ts';

/** A machine with what is left on it. */
export type Room = {
  readonly node: PlacementNode;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  /** Of a kind that is missing there is none; undefined where nobody knows. */
  readonly generic: Amounts | undefined;
  /** Tasks by service id. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly hostPorts: readonly string[];
};

export type Lodger = {
  readonly serviceId: string;
  readonly name: string;
  readonly needs: TaskNeeds;
  readonly hostPorts: readonly string[];
};

export function roomOn(view: SwarmView, node: WorkerNode): Room {
  const tasks = view.tasks.filter((task) => task.nodeId === node.id && isWanted(task));
  const { nanoCpus, memoryBytes, generic } = node;
  const empty: Room = { node, nanoCpus, memoryBytes, generic, tasks: {}, hostPorts: [] };
  return tasks.reduce((room, task) => withLodger(room, lodgerOf(view, task)), empty);
}

export function lodgerOf(
  view: SwarmView,
  task: { readonly serviceId: string; readonly needs: TaskNeeds },
): Lodger {
  const service = view.services.find(({ id }) => id === task.serviceId);
  const { serviceId, needs } = task;
  return { serviceId, needs, name: service?.name ?? serviceId, hostPorts: service?.hostPorts ?? [] };
}

/** Why the task cannot go there, or undefined where it can. */
export function whyNoRoom(room: Room, { needs, serviceId, hostPorts }: Lodger): string | undefined {
  const { node } = room;
  const unmet = needs.constraints.find((constraint) => !meetsConstraint(node, constraint));
  if (unmet !== undefined) return `its constraint ${unmet} is not met`;
  if (!suitsPlatform(node, needs.platforms)) return 'its image is for another platform';
  if (needs.nanoCpus > room.nanoCpus)
    return `it reserves ${needs.nanoCpus / 1e9} cores, ${Math.max(0, room.nanoCpus) / 1e9} are free`;
  if (needs.memoryBytes > room.memoryBytes)
    return `it reserves ${inMiB(needs.memoryBytes)} MiB, ${inMiB(Math.max(0, room.memoryBytes))} are free`;
  const scarce = Object.entries(needs.generic).find(([kind, amount]) => amount > freeOf(room, kind));
  if (scarce !== undefined)
    return `it reserves ${scarce[1]} ${scarce[0]}, ${Math.max(0, freeOf(room, scarce[0]))} are free`;
  if ((room.tasks[serviceId] ?? 0) >= (needs.maxPerNode ?? Number.POSITIVE_INFINITY))
    return `at most ${needs.maxPerNode} of its tasks may share a node`;
  const taken = hostPorts.find((port) => room.hostPorts.includes(port));
  return taken === undefined ? undefined : `host port ${taken} is taken`;
}

const freeOf = ({ generic }: Room, kind: string): number =>
  generic === undefined ? Number.POSITIVE_INFINITY : (generic[kind] ?? 0);

export function withLodger(room: Room, { serviceId, needs, hostPorts }: Lodger): Room {
  return {
    ...room,
    nanoCpus: room.nanoCpus - needs.nanoCpus,
    memoryBytes: room.memoryBytes - needs.memoryBytes,
    generic: room.generic && lessOf(room.generic, needs.generic),
    tasks: { ...room.tasks, [serviceId]: (room.tasks[serviceId] ?? 0) + 1 },
    hostPorts: [...room.hostPorts, ...hostPorts],
  };
}

const lessOf = (all: Amounts, taken: Amounts): Amounts =>
  Object.fromEntries(Object.entries(all).map(([kind, amount]) => [kind, amount - (taken[kind] ?? 0)]));

/** Largest first, each into the first room that takes it. Gives the first that finds none, with the reason of the last room. */
export function findHomeless(
  rooms: readonly Room[],
  lodgers: readonly Lodger[],
): { readonly lodger: Lodger; readonly why: string } | undefined {
  const left = [...rooms];
  for (const lodger of largestFirst(lodgers)) {
    const whys = left.map((room) => whyNoRoom(room, lodger));
    const index = whys.indexOf(undefined);
    const room = left[index];
    if (room === undefined) return { lodger, why: whys.at(-1) ?? 'there is no other node' };
    left[index] = withLodger(room, lodger);
  }
  return undefined;
}

/** How many machines like `empty` take all of them; each must fit on an empty one. */
export function countRooms(empty: Room, lodgers: readonly Lodger[]): number {
  const rooms: Room[] = [];
  for (const lodger of largestFirst(lodgers)) {
    const index = rooms.findIndex((room) => whyNoRoom(room, lodger) === undefined);
    rooms[index === -1 ? rooms.length : index] = withLodger(rooms[index] ?? empty, lodger);
  }
  return rooms.length;
}

/** What a new worker of the pool would offer: like the newest known one, less what runs on every node. */
export function emptyWorker(
  view: SwarmView,
  known: readonly WorkerNode[],
  labels: WorkerNode['labels'],
): Room {
  const [model] = known.filter(({ state }) => state === 'ready').toSorted(newestFirst);
  const ours = { role: 'worker', labels, engineLabels: model?.engineLabels ?? {} } as const;
  const room: Room = {
    node: { ...ours, platform: model?.platform ?? { os: 'linux', architecture: 'x86_64' } },
    // Of a pool without any known worker only the provider knows the size: the first one is bought on trust.
    nanoCpus: model?.nanoCpus ?? Number.POSITIVE_INFINITY,
    memoryBytes: model?.memoryBytes ?? Number.POSITIVE_INFINITY,
    generic: model?.generic,
    tasks: {},
    hostPorts: [],
  };
  const everywhere = view.tasks.filter(
    (task) =>
      task.nodeId === model?.id &&
      model !== undefined &&
      isWanted(task) &&
      serviceOf(view, task)?.mode === 'global',
  );
  return everywhere.reduce((left, task) => withLodger(left, lodgerOf(view, task)), room);
}

const newestFirst = (a: WorkerNode, b: WorkerNode): number => b.createdAtMs - a.createdAtMs;

function largestFirst(lodgers: readonly Lodger[]): readonly Lodger[] {
  return lodgers.toSorted(
    (a, b) => b.needs.nanoCpus - a.needs.nanoCpus || b.needs.memoryBytes - a.needs.memoryBytes,
  );
}

const inMiB = (bytes: number): number => Math.round(bytes / 1024 ** 2);
