import { jsonAt } from '../core/json-at.ts';
import { countPendingTasks } from '../core/pending-tasks.ts';
import { parsePoolShapes } from '../core/pool-shapes.ts';
import {
  parseNodes,
  parseServiceCounts,
  type ServiceCounts,
  type SwarmSnapshot,
  unsettledServices,
} from '../core/swarm-snapshot.ts';
import type { SwarmSource } from '../ports.ts';
import type { DockerApi } from './docker-api.ts';

/** Two calls while all is settled, and a third for the tasks of those services that are not. */
export function createDockerSwarmSource(docker: DockerApi): SwarmSource {
  const readTasks = async (unsettled: readonly ServiceCounts[]): Promise<readonly unknown[]> => {
    if (unsettled.length === 0) return [];
    const filters = { 'desired-state': ['running'], service: unsettled.map(({ id }) => id) };
    return await docker.getList(`/tasks?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  };
  const readAll = async (): Promise<SwarmSnapshot> => {
    const [services, nodes] = await Promise.all([
      docker.getList('/services?status=true'),
      docker.getList('/nodes'),
    ]);
    const counts = parseServiceCounts(services);
    const unsettled = unsettledServices(counts);
    const tasks = await readTasks(unsettled);
    const pending = countPendingTasks(tasks, unsettled, parsePoolShapes(nodes, services));
    return { services: counts, nodes: parseNodes(nodes), pending };
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
