/** kill -9 of the executor at each step of up and of down: what was begun is ended, once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DrainPhase } from '../../../executor/core/workers/drain-mark.ts';
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import type { Probe } from '../../cluster/story/probe.ts';
import { eventually } from '../../eventually.ts';
import { replicasOf } from '../support/services.ts';
import { APP, putAppUnderProbe } from './support/app-under-probe.ts';
import { createDemand, removeDemand, waitUntilDemandIsMet } from './support/demand.ts';
import { type Pool, startPool } from './support/pool.ts';

/** A replica that is moved takes its time to start: longer than the executor does. */
const WARM_UP_SECONDS = 10;
/** Long enough to be seen at each step. */
const BOOT_MS = 4_000;

let pool: Pool;
let probe: Probe;

beforeAll(async () => {
  // A worker that has just come stays: the first one goes, with the only replica of the application.
  pool = await startPool({ min: 1, max: 3, bootMs: BOOT_MS, env: { MICADO_WORKER_GRACE: '25s' } });
  await pool.settled(1);
  probe = await putAppUnderProbe(pool, { warmUpSeconds: WARM_UP_SECONDS });
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

const appReplicas = (): Promise<number> => replicasOf(pool.engine, APP.name);

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
    const isDoubled = async (): Promise<boolean> => (await appReplicas()) === 2;
    const isIn = async (phase: DrainPhase): Promise<boolean> => (await drainPhase()) === phase;
    await killWhen('the worker is paused', () => isIn('paused'));
    await killWhen('its only replica is doubled', isDoubled);
    await killWhen('the executor knows that it was', () => isIn('moving'));
    expect(await isDoubled()).toBe(true);
    await killWhen('the worker is drained', () => isIn('draining'));
    await killWhen('the replica is taken back', async () => !(await isDoubled()));
    await killWhen('the VM may be asked for', () => isIn('removing'));
    await killWhen('the VM is gone', () => pool.stage.cloud.vms().length === 1);
    expect(await drainPhase()).toBe('removing');
    await pool.settled(1);
    expect(await watch.stop()).toEqual({ fewest: 1, most: 2 });
  }, 240_000);

  test('has cost the application no request, though its only replica had to move', async () => {
    const { sent, lost } = await probe.stop();
    expect(sent).toBeGreaterThan(200);
    expect(lost).toEqual([]);
  });
});
