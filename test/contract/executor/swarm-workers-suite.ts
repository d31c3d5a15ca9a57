/** What the executor takes for granted of a Swarm's nodes, asked of the fake engine and of a real one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { createSwarmWorkers } from '../../../executor/adapters/swarm-workers.ts';
import { isWanted } from '../../../executor/core/workers/swarm-view.ts';
import type { WorkerSwarmReading } from '../../../executor/ports.ts';
import { STATE_LABEL, STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { listSwarmNodes } from '../../../internal/docker/swarm-node.ts';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import { eventually } from '../../eventually.ts';

export type SwarmWorkersSubject = AsyncDisposable & {
  readonly docker: Docker;
  createService(name: string, replicas: number): Promise<void>;
  /** A service whose tasks reserve more memory than any machine has. */
  createTooLarge(name: string): Promise<void>;
};

export function describeSwarmWorkers(name: string, start: () => Promise<SwarmWorkersSubject>): void {
  describe(`workers of ${name}`, () => {
    let subject: SwarmWorkersSubject;
    beforeAll(async () => {
      subject = await start();
    }, 120_000);
    afterAll(async () => {
      await subject?.[Symbol.asyncDispose]();
    }, 60_000);
    const read = (): Promise<WorkerSwarmReading> => createSwarmWorkers(subject.docker).read();
    const firstNode = async () => {
      const [node] = await listSwarmNodes(subject.docker);
      if (node === undefined) throw new Error('the Swarm has no node');
      return node;
    };
    const serviceOf = async (service: string) => {
      const found = await findSwarmService(subject.docker, service);
      if (found === undefined) throw new Error(`${service} is not there`);
      return found;
    };

    test('are read with what they have and what runs on them', async () => {
      await subject.createService('here', 1);
      const { view } = await read();
      expect(view.nodes[0]).toMatchObject({ role: 'manager', state: 'ready', platform: { os: 'linux' } });
      expect(view.nodes[0]?.nanoCpus).toBeGreaterThanOrEqual(1e9);
      const id = (await serviceOf('here')).id;
      const tasks = view.tasks.filter((task) => task.serviceId === id && isWanted(task));
      expect(tasks).toMatchObject([{ state: 'running', nodeId: view.nodes[0]?.id }]);
    });

    test('tell a task that finds no room, with what it reserves', async () => {
      await subject.createTooLarge('huge');
      const { id } = await serviceOf('huge');
      await eventually('a task waits', async () => {
        const waiting = (await read()).view.tasks.find((task) => task.serviceId === id);
        return waiting?.error.includes('no suitable node') === true && waiting.needs.memoryBytes >= 2 ** 40;
      });
    });

    test('are marked and paused in one update, and taken back, all else as it was', async () => {
      const before = await firstNode();
      const mark = (availability: 'active' | 'pause', text: string | undefined) =>
        read().then((reading) =>
          reading.markNode(before.id, { availability, labels: { [STATE_NODE_LABEL.drain]: text } }),
        );
      await mark('pause', 'paused;x;y;z');
      expect(await firstNode()).toMatchObject({
        availability: 'pause',
        labels: { ...before.labels, [STATE_NODE_LABEL.drain]: 'paused;x;y;z' },
      });
      await mark('active', undefined);
      expect((await firstNode()).spec).toEqual(before.spec);
    });

    test('are not marked on a stale reading: that is a conflict', async () => {
      const reading = await read();
      const { id } = await firstNode();
      const labels = { [STATE_NODE_LABEL.drain]: 'x' };
      await reading.markNode(id, { availability: 'active', labels });
      await expect(reading.markNode(id, { availability: 'active', labels })).rejects.toMatchObject({
        code: 'conflict',
      });
      await (await read()).markNode(id, {
        availability: 'active',
        labels: { [STATE_NODE_LABEL.drain]: undefined },
      });
    });

    test('have a replica added and taken back for a move, with its label', async () => {
      await subject.createService('moved', 1);
      const before = await serviceOf('moved');
      const set = async (replicas: number, moving: string | undefined) =>
        await (await read()).setReplicas(before.id, { replicas, labels: { [STATE_LABEL.moving]: moving } });
      await set(2, 'node1');
      expect(await serviceOf('moved')).toMatchObject({
        replicas: 2,
        labels: { [STATE_LABEL.moving]: 'node1' },
      });
      await set(1, undefined);
      expect((await serviceOf('moved')).spec).toEqual(before.spec);
    });

    test('that are gone already are removed without complaint', async () => {
      await expect((await read()).removeNode('0123456789abcdefghijklmno')).resolves.toBeUndefined();
    });
  });
}
