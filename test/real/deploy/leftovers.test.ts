/** What a killed `micado up` leaves behind, and who clears it away. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LEADER_CONFIG_NAME } from '../../../internal/contract/labels.ts';
import { identifyProcess } from '../../../internal/daemon/process-identity.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { PARTS, type Stack, startStack } from '../support/stack.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const stateDir = mkdtempSync(join(tmpdir(), 'micado-state-'));

let engine: Engine;
let stack: Stack | undefined;

beforeAll(async () => {
  engine = await startEngine({ swarm: 'none' });
}, 60_000);
afterAll(async () => {
  down('--purge');
  await engine.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => identifyProcess(pid) !== undefined;
const pidsOf = (running: Stack): readonly number[] => PARTS.map((part) => running.pidOf(part));
const marks = async (): Promise<number> =>
  (await engine.docker.listConfigs()).filter(({ Spec }) => Spec?.Name === LEADER_CONFIG_NAME).length;

const down = (...flags: readonly string[]) =>
  spawnSync(process.execPath, ['deploy/micado.mjs', 'down', `--state.dir=${stateDir}`, ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
  });

/** kill -9 of the process that `stack.json` names, as the out-of-memory killer does it. */
async function killUp(): Promise<void> {
  const { process: up } = JSON.parse(readFileSync(join(stateDir, 'stack.json'), 'utf8')) as {
    readonly process: { readonly pid: number };
  };
  process.kill(up.pid, 'SIGKILL');
  // What it said of itself is stale now, and must not be taken for the next one's.
  rmSync(join(stateDir, 'stack.json'));
  await eventually('up is gone', () => !isAlive(up.pid));
}

test('the next up ends the parts that a killed one left, and takes its Swarm over', async () => {
  stack = await startStack(engine, { stateDir });
  const before = pidsOf(stack);
  await killUp();
  expect(before.filter(isAlive)).toEqual(before);
  stack = await startStack(engine, { stateDir });
  expect(stack.output()).toContain('ended what a killed one left: executor, exporter, rulegen');
  expect(before.filter(isAlive)).toEqual([]);
  expect(await marks()).toBe(1);
}, 120_000);

test('down ends the parts and removes the mark of a killed up; --purge then leaves the Swarm that it made', async () => {
  if (stack === undefined) throw new Error('no stack was started');
  const before = pidsOf(stack);
  await killUp();
  const first = down();
  expect(first.status).toBe(0);
  expect(first.stdout).toContain('removed this stack’s mark from the Swarm');
  expect(before.filter(isAlive)).toEqual([]);
  expect(await marks()).toBe(0);
  expect(down('--purge').stdout).toContain('left the Swarm that micado made');
  expect(existsSync(stateDir)).toBe(false);
  expect(down('--purge').status).toBe(0);
}, 120_000);
