import { expect, test } from '@jest/globals';
import { createSwarmScalingTarget } from '../../../executor/adapters/swarm-scaling-target.ts';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { serviceSpec } from '../../fakes/docker-engine-objects.ts';
import { startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { describeScalingTarget } from './scaling-target-suite.ts';

describeScalingTarget('the fake engine', async () => {
  const engine = await startDockerEngineServer();
  engine.state.addNode({ hostname: 'm1', role: 'manager' });
  engine.state.addNode({ hostname: 'm2', role: 'manager', availability: 'drain' });
  engine.state.addNode({ hostname: 'w1', state: 'down' });
  return {
    docker: createDockerClient(parseDockerHost(engine.address)),
    createService: async (name, replicas, labels = {}) =>
      void engine.state.createService({ name, replicas, labels }),
    createGlobalService: async (name) =>
      void engine.state.createService({ name, spec: { Mode: { Global: {} } } }),
    async createLimitedPerNode(name, maxPerNode, constraints = []) {
      const { TaskTemplate } = serviceSpec({ name });
      const placement = { MaxReplicas: maxPerNode, Constraints: constraints };
      engine.state.createService({
        name,
        spec: { TaskTemplate: { ...TaskTemplate, Placement: placement } },
      });
    },
    async createTooLarge(name) {
      engine.state.createService({ name, replicas: 3 });
      const pendingError = 'no suitable node (insufficient resources on 1 node)';
      engine.state.setTasks(name, { running: 1, pending: 2, pendingError });
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});

test('an update names the version, keeps the registry credentials and sends none of its own', async () => {
  await using engine = await startDockerEngineServer();
  const { ID, Version } = engine.state.createService({ name: 'web' });
  const target = createSwarmScalingTarget(createDockerClient(parseDockerHost(engine.address)));
  await (await target.read('web'))?.scale({ replicas: 2, labels: {} });
  const update = engine.calls.find(({ method }) => method === 'POST');
  expect(update).toMatchObject({
    path: `/services/${ID}/update`,
    query: { version: String(Version.Index), registryAuthFrom: 'spec' },
  });
  expect(Object.keys(update?.body as object)).toEqual(Object.keys(engine.state.service('web').Spec));
});

test('tasks are listed only while fewer run than are desired', async () => {
  await using engine = await startDockerEngineServer();
  engine.state.createService({ name: 'web', replicas: 2 });
  const target = createSwarmScalingTarget(createDockerClient(parseDockerHost(engine.address)));
  await target.read('web');
  expect(engine.callsTo('/tasks')).toBe(0);
  engine.state.setTasks('web', { running: 1, starting: 1 });
  expect((await target.read('web'))?.status).toMatchObject({ runningTasks: 1, tasksWithoutNode: 0 });
  expect(engine.callsTo('/tasks')).toBe(1);
});

test('services that are asked for at one moment are read in one call, and one that is odd fails no other', async () => {
  await using engine = await startDockerEngineServer();
  for (const name of ['web', 'api']) engine.state.createService({ name });
  engine.state.createService({
    name: 'odd',
    spec: { TaskTemplate: [] as unknown as Record<string, unknown> },
  });
  const target = createSwarmScalingTarget(createDockerClient(parseDockerHost(engine.address)));
  const names = ['web', 'api', 'odd', 'gone'];
  const readings = await Promise.allSettled(names.map((name) => target.read(name)));
  expect(readings).toMatchObject([
    { value: { status: { name: 'web' } } },
    { value: { status: { name: 'api' } } },
    { status: 'rejected', reason: { code: 'unavailable' } },
    { value: undefined },
  ]);
  expect(engine.callsTo('/services')).toBe(1);
});

test('a worker’s engine is away, in Docker’s own words', async () => {
  await using engine = await startDockerEngineServer({ role: 'worker' });
  const target = createSwarmScalingTarget(createDockerClient(parseDockerHost(engine.address)));
  await expect(target.listKept()).rejects.toThrow('not a swarm manager');
  await expect(target.read('web')).rejects.toMatchObject({ code: 'unavailable' });
});
