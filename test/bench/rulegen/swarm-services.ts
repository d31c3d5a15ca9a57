/** Services with 0 replicas on a real engine, by the hundred. */
import type Docker from 'dockerode';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import type { Engine } from '../../cluster/engine.ts';
import { atOnce } from '../executor/at-once.ts';

const CALLS_AT_ONCE = 8;

export type BenchServices = {
  /** As many more as are missing for this number of them. */
  grow(count: number): Promise<void>;
  createOne(name: string): Promise<void>;
  createMany(names: readonly string[]): Promise<void>;
  removeMany(names: readonly string[]): Promise<void>;
};

/** Those that `grow` has made when there are so many. */
export const grownServices = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `app-${index + 1}`);

export function createBenchServices(engine: Engine, image: string): BenchServices {
  let there = 0;
  const createOne = async (name: string): Promise<void> => {
    await callDocker(`creating ${name}`, () =>
      engine.docker.createService({
        Name: name,
        Labels: { 'micado.max': '4' },
        Mode: { Replicated: { Replicas: 0 } },
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Resources: { Limits: { NanoCPUs: 250_000_000 } },
        },
      } as Docker.CreateServiceOptions),
    );
  };
  const createMany = (names: readonly string[]): Promise<void> => atOnce(CALLS_AT_ONCE, names, createOne);
  return {
    createOne,
    createMany,
    async grow(count) {
      await createMany(grownServices(count).slice(there));
      there = count;
    },
    removeMany: (names) =>
      atOnce(CALLS_AT_ONCE, names, async (name) => {
        await callDocker(`removing ${name}`, () => engine.docker.getService(name).remove());
      }),
  };
}
