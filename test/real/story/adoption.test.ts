/** `npm start` on a machine in use: nothing of others is touched, nobody is fought, all is undone. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { ruleGroups } from '../support/apis.ts';
import { freePorts } from '../support/free-ports.ts';
import { createService, serviceNamed, waitForRunning } from '../support/services.ts';
import { PARTS, type Stack, startStack } from '../support/stack.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

let inUse: Engine;
let fresh: Engine;
let stack: Stack;
let image: string;
const stateDir = mkdtempSync(join(tmpdir(), 'micado-state-'));

async function micado(args: readonly string[]): Promise<{ status: number | null; output: string }> {
  const done = spawnSync(process.execPath, ['deploy/micado.mjs', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: done.status, output: done.stdout + done.stderr };
}

beforeAll(async () => {
  inUse = await startEngine();
  fresh = await startEngine({ swarm: 'none' });
  image = await loadBusybox(inUse);
  await createService(inUse, { name: 'theirs', image, replicas: 3 });
  await waitForRunning(inUse, 'theirs', 3);
  stack = await startStack(inUse, { stateDir });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  await inUse?.stop();
  await fresh?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

describe('a Swarm that already has services', () => {
  test('has none of them scaled, and the way to turn it on is said', async () => {
    expect(stack.output()).toContain('defaults.scale: false');
    expect(readFileSync(join(stateDir, 'policy.yaml'), 'utf8')).toMatch(/scale: false/);
    const before = await serviceNamed(inUse, 'theirs');
    // A service that asks for it gets its rules, so rulegen has certainly seen both.
    await createService(inUse, { name: 'asks', image, labels: { 'micado.scale': 'true' } });
    await eventually(
      'the one that asks has rules',
      async () => (await ruleGroups(stack.url.prometheus)).some(({ name }) => name === 'service-asks'),
      { withinMs: 10_000 },
    );
    expect((await ruleGroups(stack.url.prometheus)).map(({ name }) => name)).not.toContain('service-theirs');
    expect(await serviceNamed(inUse, 'theirs')).toMatchObject({ version: before.version, replicas: 3 });
  }, 30_000);

  test('has them scaled after the line that was printed is typed', async () => {
    const [line = ''] = /sed -i .*policy\.yaml/.exec(stack.output()) ?? [];
    expect(spawnSync('sh', ['-c', line]).status).toBe(0);
    await eventually(
      'the service that was there has rules',
      async () => (await ruleGroups(stack.url.prometheus)).some(({ name }) => name === 'service-theirs'),
      { withinMs: 10_000 },
    );
  });

  test('refuses a second stack, and says who leads', async () => {
    const other = mkdtempSync(join(tmpdir(), 'micado-other-'));
    const ports = await freePorts(PARTS.length);
    const flags = PARTS.map((part, index) => `--${part}.port=${ports[index]}`);
    const { status, output } = await micado([
      'up',
      `--state.dir=${other}`,
      `--docker.host=${inUse.dockerHost}`,
      ...flags,
    ]);
    expect(status).toBe(1);
    expect(output).toContain(stateDir);
    rmSync(other, { recursive: true, force: true });
  }, 90_000);

  test('refuses a second `up` in the same state folder, with the pid of the first', async () => {
    const { status, output } = await micado([
      'up',
      `--state.dir=${stateDir}`,
      `--docker.host=${inUse.dockerHost}`,
    ]);
    expect(status).toBe(1);
    expect(output).toMatch(/pid|process/);
  }, 90_000);
});

describe('a second engine', () => {
  test('that is no Swarm becomes one, has a stack of its own beside the first, and is as it was after a purge', async () => {
    const second = mkdtempSync(join(tmpdir(), 'micado-second-'));
    const beside = await startStack(fresh, { stateDir: second });
    const swarmState = async () =>
      ((await fresh.docker.info()) as { Swarm: { LocalNodeState: string } }).Swarm.LocalNodeState;
    expect(await swarmState()).toBe('active');
    expect(readFileSync(join(second, 'policy.yaml'), 'utf8')).not.toMatch(/^ *scale: false/m);
    expect(await beside.stop()).toBe(0);
    expect(await swarmState()).toBe('active');
    const { status, output } = await micado(['down', '--purge', `--state.dir=${second}`]);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(await swarmState()).toBe('inactive');
    expect(existsSync(second)).toBe(false);
  }, 150_000);
});

describe('a stack that was stopped', () => {
  test('picks up where it was when it starts again', async () => {
    const token = stack.token;
    expect(await stack.stop()).toBe(0);
    stack = await startStack(inUse, { stateDir });
    expect(stack.token).toBe(token);
    await eventually('the rules are loaded', async () =>
      (await ruleGroups(stack.url.prometheus)).some(({ name }) => name === 'service-asks'),
    );
  }, 90_000);

  test('leaves the Swarm, its services and no marker when it is purged', async () => {
    expect(await stack.stop()).toBe(0);
    const { status } = await micado(['down', '--purge', `--state.dir=${stateDir}`]);
    expect(status).toBe(0);
    expect(existsSync(stateDir)).toBe(false);
    expect((await serviceNamed(inUse, 'theirs')).replicas).toBe(3);
    expect(await inUse.docker.listConfigs()).toEqual([]);
  }, 90_000);
});
