/** The Swarm's nodes as `destroy` empties and removes them. */
import type Docker from 'dockerode';
import { isAppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { listSwarmNodes, type SwarmNode } from '../../internal/docker/swarm-node.ts';
import { listSwarmTasks } from '../../internal/docker/swarm-task.ts';

const ATTEMPTS = 5;
const ENDED: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
]);

export type SwarmWorkers = {
  list(): Promise<readonly SwarmNode[]>;
  /** The scheduler moves what runs there, as far as there is room. */
  drain(nodeId: string): Promise<void>;
  countTasks(nodeId: string): Promise<number>;
  /** Fine where it is gone already. */
  remove(nodeId: string): Promise<void>;
};

export function createSwarmWorkers(docker: Docker): SwarmWorkers {
  const list = (): Promise<readonly SwarmNode[]> => listSwarmNodes(docker);
  const tryToDrain = async (nodeId: string): Promise<void> => {
    const node = (await list()).find(({ id }) => id === nodeId);
    if (node === undefined || node.availability === 'drain') return;
    await callDocker(`draining node ${node.hostname}`, () =>
      docker
        .getNode(nodeId)
        .update({ _query: { version: node.version }, _body: { ...node.spec, Availability: 'drain' } }),
    );
  };
  return {
    list,
    async drain(nodeId) {
      for (let attempt = 1; ; attempt += 1)
        try {
          return await tryToDrain(nodeId);
        } catch (error) {
          // Somebody else changed the node in between; the next attempt keeps that change.
          if (!isAppError(error, 'conflict') || attempt === ATTEMPTS) throw error;
        }
    },
    async countTasks(nodeId) {
      const tasks = await listSwarmTasks(docker, { node: [nodeId] });
      return tasks.filter(({ state }) => !ENDED.has(state)).length;
    },
    async remove(nodeId) {
      try {
        await callDocker('removing a node', () => docker.getNode(nodeId).remove({ force: true }));
      } catch (error) {
        if (!isAppError(error, 'not_found')) throw error;
      }
    },
  };
}
