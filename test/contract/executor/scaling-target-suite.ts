/** What the executor takes for granted of a Swarm manager, asked of the fake engine and of a real one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { createSwarmScalingTarget } from '../../../executor/adapters/swarm-scaling-target.ts';
import { stateLabels } from '../../../executor/core/replica-history.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import { eventually } from '../../eventually.ts';

export type ScalingTargetSubject = AsyncDisposable & {
  readonly docker: Docker;
  createService(name: string, replicas: number, labels?: Readonly<Record<string, string>>): Promise<void>;
  createGlobalService(name: string): Promise<void>;
  createLimitedPerNode(name: string, maxPerNode: number, constraints?: readonly string[]): Promise<void>;
  /** A service with more replicas than nodes have room for. */
  createTooLarge(name: string): Promise<void>;
};

const CHANGE = { replicas: 3, labels: stateLabels(3, 'up', Date.parse('2026-01-01T00:00:00Z')) };

export function describeScalingTarget(name: string, start: () => Promise<ScalingTargetSubject>): void {
  describe(`services of ${name}`, () => {
    let subject: ScalingTargetSubject;
    beforeAll(async () => {
      subject = await start();
    }, 120_000);
    afterAll(async () => {
      await subject?.[Symbol.asyncDispose]();
    }, 60_000);
    const target = () => createSwarmScalingTarget(subject.docker);
    const read = async (service: string) => {
      const reading = await target().read(service);
      if (reading === undefined) throw new Error(`${service} is not there`);
      return reading;
    };
    const specOf = async (service: string) => (await findSwarmService(subject.docker, service))?.spec;

    test('are read by their exact name, not by a prefix', async () => {
      await subject.createService('shop', 1);
      await subject.createService('shop-api', 2);
      expect((await read('shop')).status).toMatchObject({ name: 'shop', replicas: 1, mode: 'replicated' });
      expect((await read('shop-api')).status.replicas).toBe(2);
      expect(await target().read('sho')).toBeUndefined();
    });

    test('keep the whole spec but for replicas and state labels', async () => {
      await subject.createService('keep', 1, { 'com.example.team': 'a' });
      const before = await specOf('keep');
      await (await read('keep')).scale(CHANGE);
      expect(await specOf('keep')).toEqual({
        ...before,
        Labels: { 'com.example.team': 'a', ...CHANGE.labels },
        Mode: { Replicated: { Replicas: 3 } },
      });
      expect((await read('keep')).status).toMatchObject({
        replicas: 3,
        previous: { replicas: 1, labels: { 'com.example.team': 'a' } },
      });
    });

    test('are not changed on a stale reading: that is a conflict', async () => {
      await subject.createService('stale', 1);
      const [mine, others] = await Promise.all([read('stale'), read('stale')]);
      await others.scale({ ...CHANGE, replicas: 2 });
      await expect(mine.scale(CHANGE)).rejects.toMatchObject({ code: 'conflict' });
      expect((await read('stale')).status.replicas).toBe(2);
    });

    test('that are gone meanwhile are not found', async () => {
      await subject.createService('gone', 1);
      const reading = await read('gone');
      await callDocker('removing', () => subject.docker.getService(reading.status.id).remove());
      await expect(reading.scale(CHANGE)).rejects.toMatchObject({ code: 'not_found' });
      expect(await target().read('gone')).toBeUndefined();
    });

    test('in global mode have no replicas', async () => {
      await subject.createGlobalService('everywhere');
      expect((await read('everywhere')).status).toMatchObject({ mode: 'global', replicas: undefined });
    });

    test('tell how many tasks the nodes take, where they limit their replicas per node', async () => {
      await subject.createLimitedPerNode('limited', 2);
      await subject.createLimitedPerNode('elsewhere', 2, ['node.labels.disk == ssd']);
      expect((await read('limited')).status.byNodes).toBe(2);
      expect((await read('elsewhere')).status.byNodes).toBe(0);
      expect((await read('shop')).status.byNodes).toBeUndefined();
    });

    test('tell the tasks for which there is no node', async () => {
      await subject.createTooLarge('large');
      await eventually(
        'the want of a node is known',
        async () => (await read('large')).status.tasksWithoutNode > 0,
        { withinMs: 20_000, everyMs: 200 },
      );
    }, 30_000);

    test('that want their replicas kept are listed with their labels', async () => {
      const labels = { 'micado.keep': 'true', 'com.example.team': 'a' };
      await subject.createService('kept', 1, labels);
      expect(await target().listKept()).toEqual([{ name: 'kept', labels }]);
    });
  });
}
