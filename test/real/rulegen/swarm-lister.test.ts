import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { describeSwarmLister } from '../../contract/rulegen/swarm-lister-suite.ts';
import { createService } from '../support/services.ts';

describeSwarmLister('a real engine', async () => {
  const engine = await startEngine();
  const image = await loadBusybox(engine);
  return {
    dockerHost: engine.dockerHost,
    node: { hostname: engine.name, address: engine.address },
    createService: (name, labels) => createService(engine, { name, image, labels, cpuLimitCores: 0.25 }),
    [Symbol.asyncDispose]: () => engine.stop(),
  };
});
