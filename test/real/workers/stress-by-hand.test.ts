/**
 * The guide's own line, `docker service create progrium/stress --cpu 2 --io 1 --vm 2 --vm-bytes 128M`: a random name, no
 * limit, no reservation, a load that is not shared. CPU alone makes the workers grow.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { prometheusAlerts } from '../support/apis.ts';
import { removeService } from '../support/services.ts';
import { type Pool, startPool } from './support/pool.ts';
import { loadProgriumStress, PROGRIUM_STRESS } from './support/progrium-stress.ts';

const MAX = 3;
/** One such container keeps a worker of this size busy, and three of them are not too much for this machine. */
const WORKER_CORES = 0.3;

let pool: Pool;

beforeAll(async () => {
  pool = await startPool({
    min: 1,
    max: MAX,
    cpuCores: WORKER_CORES,
    // One busy worker of three is 33 %: still over it, so that only max ends the growth.
    scaleup: 30,
    scaledown: 20,
    loadMore: (worker: Engine) => loadProgriumStress(worker.docker),
  });
  await loadProgriumStress(pool.engine.docker);
  await pool.settled(1);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

describe('docker service create progrium/stress', () => {
  let name = '';

  test('makes the workers grow by CPU alone, to max and never above', async () => {
    const watch = pool.watch();
    const created = await callDocker('creating the service', () =>
      pool.engine.docker.createService({
        TaskTemplate: {
          ContainerSpec: {
            Image: PROGRIUM_STRESS,
            Args: ['--cpu', '2', '--io', '1', '--vm', '2', '--vm-bytes', '128M'],
          },
        },
      }),
    );
    name = created.id;
    await eventually(`${MAX} workers`, () => pool.stage.cloud.vms().length === MAX, { withinMs: 120_000 });
    await eventually('the executor holds it at max', async () => (await pool.verdict()) === 'hold at_max', {
      withinMs: 60_000,
    });
    await pool.settled(MAX);
    expect((await watch.stop()).most).toBe(MAX);
  }, 240_000);

  test('was answered because of the CPU, not because of tasks without room', async () => {
    const scales = (await pool.decisions()).filter(({ kind }) => kind === 'scale');
    expect(scales.map(({ from, to, reason }) => `${from}→${to} ${reason}`).toSorted()).toEqual([
      '1→2 overloaded',
      '2→3 overloaded',
    ]);
  });

  test('comes back to min when it is removed, and then no alert of the pool asks for anything', async () => {
    const watch = pool.watch();
    await removeService(pool.engine, name);
    await pool.settled(1, 150_000);
    expect((await watch.stop()).fewest).toBe(1);
    await eventually('no alert of the pool fires', async () =>
      (await prometheusAlerts(pool.stack.url.prometheus)).every(
        ({ labels, state }) => labels['type'] !== 'VM' || state !== 'firing',
      ),
    );
  }, 240_000);
});
