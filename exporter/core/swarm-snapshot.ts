/** The Swarm as a manager shows it, cut down to what its series need. Shapes that are not understood are left out. */
import { jsonAt, numberAt, textAt } from './json-at.ts';
import type { PendingReason } from './pending-reason.ts';
import { poolOf } from './pool-shapes.ts';

export type ServiceCounts = {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  readonly image: string;
  readonly desired: number;
  readonly running: number;
  /** Grows with each update. */
  readonly version: number;
};

export type SwarmNode = {
  readonly id: string;
  readonly hostname: string;
  readonly role: string;
  readonly engineVersion: string;
  readonly state: string;
  readonly availability: string;
  /** Undefined for a worker. */
  readonly leader: boolean | undefined;
  readonly cores: number;
  readonly memoryBytes: number;
  /** The worker pool that it belongs to; empty where it is in none. */
  readonly pool: string;
};

export type PendingTasks = {
  readonly serviceName: string;
  readonly reason: PendingReason;
  /** The pool of which one more worker could take them; empty where there is none, or no such want. */
  readonly pool: string;
  readonly count: number;
};

export type TaskCount = { readonly serviceName: string; readonly state: string; readonly count: number };

/** What the tasks on a node reserve of it. */
export type NodeReservation = { readonly cores: number; readonly memoryBytes: number };

export type SwarmSnapshot = {
  readonly services: readonly ServiceCounts[];
  readonly nodes: readonly SwarmNode[];
  readonly tasks: readonly TaskCount[];
  /** By node; a node without tasks is not in it. */
  readonly reservations: ReadonlyMap<string, NodeReservation>;
  readonly pending: readonly PendingTasks[];
};

/** `GET /services?status=true`. */
export function parseServiceCounts(list: readonly unknown[]): readonly ServiceCounts[] {
  return list.flatMap((one) => {
    const name = textAt(one, 'Spec', 'Name');
    const mode = modeOf(jsonAt(one, 'Spec', 'Mode'));
    const running = numberAt(one, 'ServiceStatus', 'RunningTasks');
    const replicas = numberAt(one, 'Spec', 'Mode', 'Replicated', 'Replicas');
    const desired = mode === 'replicated' ? replicas : numberAt(one, 'ServiceStatus', 'DesiredTasks');
    const id = textAt(one, 'ID');
    const image = textAt(one, 'Spec', 'TaskTemplate', 'ContainerSpec', 'Image');
    const version = numberAt(one, 'Version', 'Index');
    return name === '' ? [] : [{ id, name, mode, image, desired, running, version }];
  });
}

function modeOf(mode: unknown): string {
  if (jsonAt(mode, 'Global') !== undefined) return 'global';
  if (jsonAt(mode, 'ReplicatedJob') !== undefined) return 'replicated-job';
  return jsonAt(mode, 'GlobalJob') === undefined ? 'replicated' : 'global-job';
}

/** Services of which less or more runs than is wanted: where tasks may be pending, and where to look again soon. */
export function unsettledServices(services: readonly ServiceCounts[]): readonly ServiceCounts[] {
  return services.filter(({ desired, running }) => desired !== running);
}

/** `GET /nodes`. */
export function parseNodes(list: readonly unknown[]): readonly SwarmNode[] {
  return list.flatMap((one) => {
    const id = textAt(one, 'ID');
    const node = {
      id,
      hostname: textAt(one, 'Description', 'Hostname'),
      role: textAt(one, 'Spec', 'Role'),
      engineVersion: textAt(one, 'Description', 'Engine', 'EngineVersion'),
      state: textAt(one, 'Status', 'State'),
      availability: textAt(one, 'Spec', 'Availability'),
      leader:
        textAt(one, 'Spec', 'Role') === 'manager'
          ? jsonAt(one, 'ManagerStatus', 'Leader') === true
          : undefined,
      cores: numberAt(one, 'Description', 'Resources', 'NanoCPUs') / 1e9,
      memoryBytes: numberAt(one, 'Description', 'Resources', 'MemoryBytes'),
      pool: poolOf(one),
    };
    return id === '' ? [] : [node];
  });
}
