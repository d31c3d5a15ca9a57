/** What rulegen expects of a Swarm; the fake engine and a real one must both give it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { createDockerSwarmLister } from '../../../rulegen/adapters/docker-swarm-lister.ts';
import type { SwarmLister } from '../../../rulegen/ports.ts';
import { eventually } from '../../eventually.ts';

export type SwarmSubject = AsyncDisposable & {
  readonly dockerHost: string;
  /** The only node: a manager. */
  readonly node: { readonly hostname: string; readonly address: string };
  /** One replica with a limit of a quarter of a core and this label; its id. */
  createService(name: string, labels: Readonly<Record<string, string>>): Promise<string>;
};

export function describeSwarmLister(name: string, start: () => Promise<SwarmSubject>): void {
  describe(`the Swarm of ${name}`, () => {
    let subject: SwarmSubject;
    let lister: SwarmLister;
    const ids: string[] = [];

    beforeAll(async () => {
      subject = await start();
      lister = createDockerSwarmLister(createDockerClient(parseDockerHost(subject.dockerHost)));
      for (const service of ['web', 'web-2'])
        ids.push(await subject.createService(service, { 'micado.max': '4', 'com.example.dotted': 'x' }));
    }, 120_000);
    afterAll(async () => {
      await subject?.[Symbol.asyncDispose]();
    }, 60_000);

    test('lists services with their labels and limits', async () => {
      const services = await lister.listServices();
      expect(services.map((service) => service.name).sort()).toEqual(['web', 'web-2']);
      expect(services.find((service) => service.name === 'web')).toMatchObject({
        id: ids[0],
        labels: { 'micado.max': '4', 'com.example.dotted': 'x' },
        mode: 'replicated',
        cpuLimitCores: 0.25,
        memoryLimitBytes: undefined,
        mountsVolume: false,
      });
    });

    test('lists nodes with the address that others reach them at', async () => {
      expect(await lister.listNodes()).toEqual([
        { id: expect.any(String), role: 'manager', state: 'ready', labels: {}, ...subject.node },
      ]);
    });

    test('lists the running tasks of the services that are asked for, and of no other', async () => {
      const [node] = await lister.listNodes();
      const tasks = await eventually(
        'the task runs',
        async () => {
          const running = await lister.listTasks([ids[0] ?? '']);
          return running.length === 1 && running;
        },
        { withinMs: 30_000, everyMs: 200 },
      );
      expect(tasks).toEqual([
        {
          id: expect.any(String),
          serviceId: ids[0],
          slot: 1,
          nodeId: node?.id,
          addresses: [],
          hostPorts: [],
        },
      ]);
    }, 40_000);
  });
}
