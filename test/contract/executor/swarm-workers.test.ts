import { expect, test } from '@jest/globals';
import { createSwarmWorkers } from '../../../executor/adapters/swarm-workers.ts';
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { describeSwarmWorkers } from './swarm-workers-suite.ts';

describeSwarmWorkers('the fake engine', async () => {
  const engine = await startDockerEngineServer();
  engine.state.addNode({ hostname: 'm1', role: 'manager', address: '10.0.0.1' });
  return {
    docker: createDockerClient(parseDockerHost(engine.address)),
    createService: async (name, replicas) => void engine.state.createService({ name, replicas }),
    async createTooLarge(name) {
      const Resources = { Reservations: { MemoryBytes: 2 ** 50 } };
      engine.state.createService({ name, spec: { TaskTemplate: { Resources } } });
      engine.state.setTasks(name, {
        pending: 1,
        pendingError: 'no suitable node (insufficient resources on 1 node)',
      });
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});

test('what leaves a node is listed only for a node that is being emptied', async () => {
  await using engine = await startDockerEngineServer();
  const { ID } = engine.state.addNode({ hostname: 'w1' });
  const workers = createSwarmWorkers(createDockerClient(parseDockerHost(engine.address)));
  await workers.read();
  expect(engine.callsTo('/tasks')).toBe(1);
  await (await workers.read()).markNode(ID, {
    availability: 'drain',
    labels: { [STATE_NODE_LABEL.drain]: 'x' },
  });
  await workers.read();
  const filters = engine.calls.filter(({ path }) => path === '/tasks').map(({ query }) => query['filters']);
  expect(filters.slice(2)).toEqual(['{"desired-state":["running"]}', JSON.stringify({ node: [ID] })]);
});

test('host ports are read, those of the mesh are not', async () => {
  await using engine = await startDockerEngineServer();
  const Ports = [
    { Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'host' },
    { Protocol: 'tcp', TargetPort: 81, PublishedPort: 8081, PublishMode: 'ingress' },
  ];
  engine.state.createService({ name: 'web', spec: { EndpointSpec: { Ports } } });
  const { view } = await createSwarmWorkers(createDockerClient(parseDockerHost(engine.address))).read();
  expect(view.services[0]?.hostPorts).toEqual(['tcp/8080']);
});
