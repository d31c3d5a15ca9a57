import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { WORK_URL_VARIABLE } from '../../../deploy/demo/stress-image.ts';
import { createWorkServer, type WorkServer } from '../../../deploy/demo/work-server.ts';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadStress } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';

const LIMIT_CORES = 0.2;
const WINDOW_MS = 5_000;
const WITHIN_MS = 60_000;

const statsAnswer = z.object({
  read: z.string().transform((text) => Date.parse(text)),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
});

type Reading = { readonly atMs: number; readonly cpuSeconds: number };

/** What each running container has used, by its id, with the engine's own time of reading. */
async function readUsage({ docker }: Engine): Promise<ReadonlyMap<string, Reading>> {
  const containers = await docker.listContainers();
  const used = containers.map(async ({ Id }) => {
    const stats = statsAnswer.parse(await docker.getContainer(Id).stats({ stream: false, 'one-shot': true }));
    return [Id, { atMs: stats.read, cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9 }] as const;
  });
  return new Map(await Promise.all(used));
}

/** Percent of its limit that each replica uses, lowest first, over a window in which the load does not change. */
async function measureUtilisation(engine: Engine): Promise<readonly number[]> {
  const before = await readUsage(engine);
  const startMs = performance.now();
  await eventually('the window is over', () => performance.now() - startMs > WINDOW_MS);
  const after = await readUsage(engine);
  return [...before]
    .map(([id, start]) => {
      const end = after.get(id) ?? start;
      return ((end.cpuSeconds - start.cpuSeconds) / ((end.atMs - start.atMs) / 1000) / LIMIT_CORES) * 100;
    })
    .toSorted((a, b) => a - b);
}

describe('the stress image', () => {
  let engine: Engine;
  let work: WorkServer;

  beforeAll(async () => {
    engine = await startEngine();
    work = await createWorkServer({ listenHost: engine.hostAddress, port: 0 });
    await engine.docker.createService({
      Name: 'stress',
      TaskTemplate: {
        ContainerSpec: { Image: await loadStress(engine), Env: [`${WORK_URL_VARIABLE}=${work.url}`] },
        Resources: { Limits: { NanoCPUs: LIMIT_CORES * 1e9 } },
        Networks: [{ Target: 'host' }],
      },
      Mode: { Replicated: { Replicas: 1 } },
    });
    // It may ask before the engine lists it.
    await eventually(
      'the replica asks for work',
      async () => work.waiting() === 1 && (await countContainers()) === 1,
    );
  }, WITHIN_MS);

  afterAll(async () => {
    await work.stop();
    await engine.stop();
  }, WITHIN_MS);

  async function setReplicas(replicas: number): Promise<void> {
    const service = await findSwarmService(engine.docker, 'stress');
    await engine.docker
      .getService('stress')
      .update({ ...service?.spec, version: service?.version, Mode: { Replicated: { Replicas: replicas } } });
  }

  const countContainers = async (): Promise<number> => (await engine.docker.listContainers()).length;

  test(
    'does next to nothing without work',
    async () => {
      const [only] = await measureUtilisation(engine);
      expect(only).toBeLessThan(3);
    },
    WITHIN_MS,
  );

  test(
    'uses what is offered',
    async () => {
      work.setLoad(LIMIT_CORES * 0.5);
      const [only] = await measureUtilisation(engine);
      expect(only).toBeGreaterThan(44);
      expect(only).toBeLessThan(56);
    },
    WITHIN_MS,
  );

  test(
    'is saturated by one and a half times its limit',
    async () => {
      work.setLoad(LIMIT_CORES * 1.5);
      const [only] = await measureUtilisation(engine);
      expect(only).toBeGreaterThan(93);
    },
    WITHIN_MS,
  );

  test(
    'shares that load evenly with a second replica',
    async () => {
      await setReplicas(2);
      await eventually('two containers run', async () => (await countContainers()) === 2);
      const [lower, higher] = await measureUtilisation(engine);
      expect(lower).toBeGreaterThan(65);
      expect(higher).toBeLessThan(85);
    },
    WITHIN_MS,
  );

  test(
    'feels a lowered load at once',
    async () => {
      work.setLoad(0);
      await eventually('both replicas wait for work', () => work.waiting() === 2, { withinMs: 2_000 });
    },
    WITHIN_MS,
  );

  test(
    'ends at once when it is told to',
    async () => {
      const startMs = performance.now();
      await setReplicas(0);
      await eventually('no container runs', async () => (await countContainers()) === 0);
      expect(performance.now() - startMs).toBeLessThan(5_000);
    },
    WITHIN_MS,
  );
});
