import { startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { describeSwarmLister } from './swarm-lister-suite.ts';

describeSwarmLister('the fake engine', async () => {
  const engine = await startDockerEngineServer();
  const node = engine.state.addNode({ hostname: 'm1', role: 'manager' });
  Object.assign(node.Status, { Addr: '10.77.0.10' });
  return {
    dockerHost: engine.address,
    node: { hostname: 'm1', address: '10.77.0.10' },
    createService: (name, labels) =>
      Promise.resolve(engine.state.createService({ name, labels, cpuLimitCores: 0.25 }).ID),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});
