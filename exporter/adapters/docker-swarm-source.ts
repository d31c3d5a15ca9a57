import type { Clock } from '../../internal/daemon/clock.ts';
import { countTasks } from '../core/count-tasks.ts';
import { jsonAt } from '../core/json-at.ts';
import { countPendingTasks } from '../core/pending-tasks.ts';
import { parsePoolShapes } from '../core/pool-shapes.ts';
import {
  parseNodes,
  parseServiceCounts,
  type SwarmSnapshot,
  unsettledServices,
} from '../core/swarm-snapshot.ts';
import { createTaskBook } from '../core/task-book.ts';
import type { SwarmSource } from '../ports.ts';
import type { DockerApi } from './docker-api.ts';

/** Two calls while all is settled, and a third for the tasks of those services of which something may have changed. */
export function createDockerSwarmSource(docker: DockerApi, clock: Clock): SwarmSource {
  const book = createTaskBook();
  const readTasks = async (services: readonly string[] | 'all'): Promise<readonly unknown[]> => {
    if (services.length === 0) return [];
    const filters = { 'desired-state': ['running'], ...(services === 'all' ? {} : { service: services }) };
    return await docker.getList(`/tasks?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  };
  const readAll = async (): Promise<SwarmSnapshot> => {
    const [services, nodes] = await Promise.all([
      docker.getList('/services?status=true'),
      docker.getList('/nodes'),
    ]);
    const counts = parseServiceCounts(services);
    const outdated = book.outdated(counts, nodes, clock.now());
    const tasks = await readTasks(outdated);
    book.enter(outdated, tasks, counts);
    const pools = parsePoolShapes(nodes, services);
    return {
      services: counts,
      nodes: parseNodes(nodes),
      pending: countPendingTasks(tasks, unsettledServices(counts), pools),
      ...countTasks(counts, (id) => book.tasksOf(id)),
    };
  };
  // A worker's engine logs an error each time it is asked for services, and /info is dear: it is asked only while the
  // engine is not known to be a manager.
  let manager = false;
  return {
    async read() {
      if (!manager) manager = jsonAt(await docker.get('/info'), 'Swarm', 'ControlAvailable') === true;
      if (!manager) return undefined;
      try {
        return await readAll();
      } catch (error) {
        manager = false;
        throw error;
      }
    },
  };
}
