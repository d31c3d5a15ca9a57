import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { describeScalingTarget } from '../../contract/executor/scaling-target-suite.ts';
import { createService, waitForRunning } from '../support/services.ts';

const MORE_THAN_ANY_MACHINE_BYTES = 2 ** 50;

describeScalingTarget('a real engine', async () => {
  const engine = await startEngine();
  const image = await loadBusybox(engine);
  return {
    docker: engine.docker,
    async createService(name, replicas, labels = {}) {
      await createService(engine, { name, image, replicas, labels });
      await waitForRunning(engine, name, replicas);
    },
    createGlobalService: async (name) =>
      void (await createService(engine, { name, image, mode: { Global: {} } })),
    async createLimitedPerNode(name, maxPerNode, constraints = []) {
      await engine.docker.createService({
        Name: name,
        Mode: { Replicated: { Replicas: 1 } },
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Placement: { MaxReplicas: maxPerNode, Constraints: [...constraints] },
        },
      });
    },
    async createTooLarge(name) {
      await engine.docker.createService({
        Name: name,
        Mode: { Replicated: { Replicas: 2 } },
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Resources: { Reservations: { MemoryBytes: MORE_THAN_ANY_MACHINE_BYTES } },
        },
      });
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});
