/** kill -9 of the executor at each step of up and of down: what was begun is ended, once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { type Probe, startProbe } from '../../cluster/story/probe.ts';
import { APP_PATH, createServedApp } from '../../cluster/story/served-app.ts';
import { endpointsOf } from '../../cluster/story/swarm-view.ts';
import { eventually } from '../../eventually.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

const APP = { name: 'app', port: 8080, replicas: 1, pool: 'worker' } as const;
/** Long enough to be seen at each step. */
const BOOT_MS = 4_000;

let pool: Pool;
let probe: Probe;

beforeAll(async () => {
  // A worker that has just come stays: the first one goes, with the only replica of the application.
  pool = await startPool({ min: 1, max: 3, bootMs: BOOT_MS, env: { MICADO_WORKER_GRACE: '25s' } });
  await pool.settled(1);
  await createServedApp(pool.engine.docker, APP);
  probe = startProbe({ endpoints: () => endpointsOf(pool.engine.docker, APP.name, APP.port, APP_PATH) });
  await eventually('the application answers', () => probe.requests().sent > 20, { withinMs: 60_000 });
}, 180_000);

afterAll(async () => {
  await probe?.stop();
  await pool?.[Symbol.asyncDispose]();
}, 60_000);

async function killExecutor(): Promise<void> {
  const before = pool.stack.pidOf('executor');
  pool.stack.kill('executor');
  await eventually(
    'the executor runs again',
    () => {
      const now = pool.stack.pidOf('executor');
      return now !== before && now > 0;
    },
    { withinMs: 30_000 },
  );
}

async function killWhen(what: string, isTime: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(what, isTime, { withinMs: 90_000, everyMs: 20 });
  await killExecutor();
}

const askedFor = (): number => {
  const { cloud } = pool.stage;
  const infrastructure = cloud.occopus.infrastructure(cloud.infraId);
  const node = infrastructure?.node(cloud.node);
  return node === undefined ? 0 : (infrastructure?.reportedTarget(node) ?? 0);
};

const drainPhase = async (): Promise<string | undefined> =>
  (await pool.nodes())
    .map(({ labels }) => labels[STATE_NODE_LABEL.drain]?.split(';')[0])
    .find((phase) => phase !== undefined);

describe('an executor that is killed', () => {
  test('at each step of the way up still gets one worker, and no second', async () => {
    const watch = pool.watch();
    await createDemand(pool, 2);
    await killWhen('the VM is asked for', () => askedFor() === 2);
    await killWhen('the VM has an engine', () => pool.stage.cloud.vms().length === 2);
    await killWhen('the node has joined', async () => (await pool.nodes()).length === 2);
    await waitUntilDemandIsMet(pool, 2);
    await pool.settled(2);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 240_000);

  test('at each step of the way down still has one worker drained and stopped', async () => {
    const watch = pool.watch();
    await removeDemand(pool);
    const phases: string[] = [];
    await eventually(
      'the drain is over',
      async () => {
        const phase = await drainPhase();
        if (phase !== undefined && !phases.includes(phase)) {
          phases.push(phase);
          await killExecutor();
        }
        return phase === undefined && phases.includes('removing');
      },
      { withinMs: 120_000, everyMs: 20 },
    );
    await pool.settled(1);
    // `moving` is passed over where the replica runs elsewhere by the time that the executor is back.
    expect(phases.filter((phase) => phase !== 'moving')).toEqual(['paused', 'draining', 'removing']);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 240_000);

  test('has cost the application no request, though its only replica had to move', async () => {
    const { sent, lost } = await probe.stop();
    expect(sent).toBeGreaterThan(200);
    expect(lost).toEqual([]);
  });
});
