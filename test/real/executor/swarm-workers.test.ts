import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { describeSwarmWorkers } from '../../contract/executor/swarm-workers-suite.ts';
import { createService, waitForRunning } from '../support/services.ts';

describeSwarmWorkers('a real engine', async () => {
  const engine = await startEngine();
  const image = await loadBusybox(engine);
  return {
    docker: engine.docker,
    async createService(name, replicas) {
      await createService(engine, { name, image, replicas });
      await waitForRunning(engine, name, replicas);
    },
    async createTooLarge(name) {
      await engine.docker.createService({
        Name: name,
        Mode: { Replicated: { Replicas: 1 } },
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Resources: { Reservations: { MemoryBytes: 2 ** 50 } },
        },
      });
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});
