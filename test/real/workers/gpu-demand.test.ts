/** Tasks that reserve GPUs: workers that have some are bought for them, and none for what no worker of the pool has. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { untilScraped } from '../support/apis.ts';
import { removeService } from '../support/services.ts';
import { createReserving, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

const PATIENCE = { withinMs: 60_000, everyMs: 250 };

const reserving = (kind: string, amount: number): object => ({
  GenericResources: [{ DiscreteResourceSpec: { Kind: kind, Value: amount } }],
});

let pool: Pool;

beforeAll(async () => {
  // Two by their names, as an operator writes it who wants each task to know which one is its own.
  pool = await startPool({ min: 1, max: 3, genericResources: ['gpu=GPU-a', 'gpu=GPU-b'] });
  await pool.settled(1);
}, 120_000);

afterAll(async () => {
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

/** What the manager's exporter tells the rules. */
async function pendingSeries(service: string): Promise<readonly string[]> {
  const { text } = await callHttp({ url: `${pool.stack.url.exporter}/metrics`, timeoutMs: 5_000 });
  return text.split('\n').filter((line) => line.startsWith(`swarm_tasks_pending{service_name="${service}"`));
}

describe('a pool whose workers have two GPUs each', () => {
  test('gets two more at once for five tasks that want one each', async () => {
    const watch = pool.watch();
    await createReserving(pool, 'training', 5, reserving('gpu', 1));
    await waitUntilDemandIsMet(pool, 5, 'training');
    await pool.settled(3);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 3 });
    const scales = (await pool.decisions()).filter(({ kind }) => kind === 'scale');
    expect(scales.map(({ from, to, reason }) => `${from}→${to} ${reason}`)).toEqual(['1→3 pending_tasks']);
    await removeService(pool.engine, 'training');
    await pool.settled(1, 150_000);
  }, 240_000);

  test.each([
    ['more GPUs than a worker has', 'greedy', reserving('gpu', 3), /it reserves 3 gpu, 2 are free/],
    [
      'a kind of resource that no worker has',
      'exotic',
      reserving('fpga', 1),
      /it reserves 1 fpga, 0 are free/,
    ],
  ])(
    'gets none for %s, and says why',
    async (_title, service, reservations, why) => {
      const watch = pool.watch();
      await createReserving(pool, service, 1, reservations);
      await eventually(
        'the exporter says that it is too large',
        async () =>
          (await pendingSeries(service)).includes(
            `swarm_tasks_pending{service_name="${service}",reason="too_large"} 1`,
          ),
        PATIENCE,
      );
      await eventually(
        'the executor says that it cannot be placed',
        async () => (await pool.verdict()) === 'hold unschedulable' && why.test(await pool.verdictDetail()),
        PATIENCE,
      );
      const series = `swarm_tasks_pending{service_name="${service}"}`;
      await untilScraped(pool.stack.url.prometheus, series, 5);
      await removeService(pool.engine, service);
      expect(await watch.stop()).toEqual({ fewest: 1, most: 1 });
    },
    150_000,
  );
});
