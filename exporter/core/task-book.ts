/**
 * The tasks that should run, kept by service: listing all of them is dear, so that only those are listed again of which
 * something may have changed. What is kept of a task is where it is, how far it has come, and what it reserves.
 */
import { numberAt, textAt } from './json-at.ts';
import type { ServiceCounts } from './swarm-snapshot.ts';
import { parseAmounts } from './task-needs.ts';

export type KeptTask = {
  /** Empty while it waits for a node. */
  readonly nodeId: string;
  /** `pending`, `starting`, `running` … */
  readonly state: string;
  readonly reservedCores: number;
  readonly reservedBytes: number;
};

export type TaskBook = {
  /** The services whose tasks must be listed again; `all` where that is simpler than naming them. */
  outdated(
    services: readonly ServiceCounts[],
    nodes: readonly unknown[],
    nowMs: number,
  ): readonly string[] | 'all';
  /** @param tasks `GET /tasks` that should run, of the services that were outdated */
  enter(
    listed: readonly string[] | 'all',
    tasks: readonly unknown[],
    services: readonly ServiceCounts[],
  ): void;
  tasksOf(serviceId: string): readonly KeptTask[];
};

/** However it may have come about: after this time everything is listed again. */
const WHOLE_LIST_MS = 60_000;
/** A request that names more services than this would be too long. */
const MOST_NAMED = 50;

export function createTaskBook(): TaskBook {
  const kept = new Map<string, KeptTask[]>();
  const listedAs = new Map<string, string>();
  let nodesBefore: string | undefined;
  let wholeListMs = Number.NEGATIVE_INFINITY;
  return {
    outdated(services, nodes, nowMs) {
      const nodesNow = nodes
        .map((node) => `${textAt(node, 'ID')}@${numberAt(node, 'Version', 'Index')}`)
        .join();
      if (nodesNow !== nodesBefore || nowMs - wholeListMs >= WHOLE_LIST_MS) {
        nodesBefore = nodesNow;
        wholeListMs = nowMs;
        return 'all';
      }
      const ids = services
        .filter((one) => !isSettled(one) || listedAs.get(one.id) !== statusOf(one))
        .map(({ id }) => id);
      return ids.length > MOST_NAMED ? 'all' : ids;
    },
    enter(listed, tasks, services) {
      const ids = listed === 'all' ? services.map(({ id }) => id) : listed;
      for (const id of ids) kept.set(id, []);
      for (const task of tasks) kept.get(textAt(task, 'ServiceID'))?.push(parseTask(task));
      const present = new Set(services.map(({ id }) => id));
      for (const id of kept.keys()) if (!present.has(id)) kept.delete(id);
      listedAs.clear();
      for (const service of services.filter(isSettled)) listedAs.set(service.id, statusOf(service));
    },
    tasksOf: (serviceId) => kept.get(serviceId) ?? [],
  };
}

const isSettled = ({ desired, running }: ServiceCounts): boolean => desired === running;

/** While this is the same, a settled service has the same tasks. */
const statusOf = ({ running, version }: ServiceCounts): string => `${version} ${running}`;

function parseTask(task: unknown): KeptTask {
  const { cpu = 0, memory = 0 } = parseAmounts(task, 'Spec', 'Resources', 'Reservations');
  return {
    nodeId: textAt(task, 'NodeID'),
    state: textAt(task, 'Status', 'State'),
    reservedCores: cpu,
    reservedBytes: memory,
  };
}
