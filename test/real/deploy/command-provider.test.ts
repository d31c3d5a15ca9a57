/** Worker VMs by the operator's own programs, from the first to the last: `micado up`, a pool that grows and shrinks, `micado destroy`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ProgramCloud, startProgramCloud } from '../../cluster/cloud/program-cloud.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { QUICK_EXECUTOR, writePolicy } from '../../cluster/story/stage.ts';
import { listNodes } from '../../cluster/story/swarm-view.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf } from '../support/apis.ts';
import { type Stack, startStack } from '../support/stack.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const INFRA = 'programmed';
const POOL_KEY = `VM/${INFRA}/worker`;
const PATIENCE = { withinMs: 90_000, everyMs: 250 };

const stateDir = mkdtempSync(join(tmpdir(), 'micado-programmed-'));
let cluster: Cluster;
let cloud: ProgramCloud;
let stack: Stack;

const setBounds = (bounds: { readonly min: number; readonly max: number }): Promise<void> =>
  writePolicy(stateDir, { ...bounds, node: 'worker', infraId: INFRA, scaleup: 80, scaledown: 0 });

beforeAll(async () => {
  cluster = await startCluster({ workers: 0 });
  cloud = await startProgramCloud(INFRA, { cluster, cpuCores: 0.5 });
  await setBounds({ min: 1, max: 2 });
  const flags = [
    '--node-provider=command',
    ...(['up', 'down', 'list'] as const).map((name) => `--command.${name}=${cloud[name]}`),
  ];
  stack = await startStack(cluster.manager, { stateDir, flags, env: QUICK_EXECUTOR });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  await cloud?.[Symbol.asyncDispose]();
  await cluster?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}, 120_000);

const untilWorkers = (count: number): Promise<unknown> =>
  eventually(
    `${count} VMs, each of them an active node`,
    async () => {
      const nodes = (await listNodes(cluster.manager.docker)).filter(({ role }) => role === 'worker');
      const active = nodes.filter(({ isReady, availability }) => isReady && availability === 'active');
      return [cloud.vms().length, nodes.length, active.length].every((found) => found === count);
    },
    PATIENCE,
  );

const micado = async (...words: readonly string[]): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, ['deploy/micado.mjs', ...words, `--state.dir=${stateDir}`], {
      cwd: ROOT,
    })
  ).stdout;

describe('a pool of the command provider', () => {
  test('has its min without anybody’s doing', async () => {
    await untilWorkers(1);
    expect(cloud.calls).toEqual([`up ${INFRA} worker 1`]);
  }, 120_000);

  test('grows by one request for the whole number, and shrinks by the VM that was emptied', async () => {
    await setBounds({ min: 2, max: 2 });
    await untilWorkers(2);
    const before = cloud.vms().map(({ id }) => id);
    await setBounds({ min: 1, max: 1 });
    await untilWorkers(1);
    const [stayed] = cloud.vms();
    const gone = before.find((id) => id !== stayed?.id);
    expect(cloud.calls.slice(1)).toEqual([`up ${INFRA} worker 2`, `down ${INFRA} worker ${gone}`]);
  }, 240_000);

  test('is ended by `micado destroy`, and not begun anew', async () => {
    const [last] = cloud.vms();
    const output = await micado('destroy', INFRA);
    expect(output).toContain(`nothing is left of ${INFRA}`);
    expect(output).toContain(`still paused: ${POOL_KEY}`);
    await untilWorkers(0);
    expect(cloud.calls.at(-1)).toBe(`down ${INFRA} worker ${last?.id}`);
    await eventually(
      'the executor would start its min, and does not',
      async () => (await decisionsOf(stack.url.executor, POOL_KEY))[0]?.reason === 'paused',
      PATIENCE,
    );
    expect(await micado('status')).toContain(`${POOL_KEY} is paused (micado destroy)`);
    expect(await micado('destroy', INFRA)).toContain(`nothing is left of ${INFRA}`);
    expect(cloud.vms()).toEqual([]);
  }, 240_000);
});
