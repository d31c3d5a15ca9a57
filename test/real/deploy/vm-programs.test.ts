/** The programs that VMs are given, on real engines: a worker joins by itself, the master labels it, metadata are guarded. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createContainerTools } from '../../../deploy/adapters/container-tools.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { listSwarmNodes, type SwarmNode } from '../../../internal/docker/swarm-node.ts';
import { type Cluster, startCluster, startEngine } from '../../cluster/cluster.ts';
import { run, toolEnvironment } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { ROOT } from '../../house/source-files.ts';

const program = (name: string): string => join(ROOT, 'templates/cloud', name);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ workers: 0 });
});
afterAll(() => cluster.stop());

type Ended = { readonly code: number | null; readonly words: string };

/** Runs one of the programs where it would run on a VM: in the engine's network, with the engine's socket. */
function start(
  name: string,
  engine: Engine,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn('nsenter', [`--net=${engine.namespace}`, 'sh', program(name)], {
      env: { ...toolEnvironment(), DOCKER_HOST: engine.dockerHost, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        words += text;
      });
    child.on('error', () => {});
    child.on('close', (code) => resolve({ code, words }));
  });
}

const tokensAnswer = z.object({ JoinTokens: z.object({ Worker: z.string(), Manager: z.string() }) });
const tokens = async () => tokensAnswer.parse(await cluster.manager.docker.swarmInspect()).JoinTokens;

async function joinBy(engine: Engine, token: string): Promise<Ended> {
  const file = join(engine.folder, 'micado.env');
  await writeFile(
    file,
    `MASTER_ADDRESS=${cluster.manager.address}\nJOIN_TOKEN=${token}\nRELEASE_URL=\nRELEASE_SHA256=\n`,
  );
  return await start('micado-join.sh', engine, { MICADO_ENV: file });
}

const nodeOf = async ({ name }: Engine): Promise<SwarmNode | undefined> =>
  (await listSwarmNodes(cluster.manager.docker)).find(({ hostname }) => hostname === name);
const stateOf = async ({ docker }: Engine): Promise<string> =>
  z.object({ Swarm: z.object({ LocalNodeState: z.string() }) }).parse(await docker.info()).Swarm
    .LocalNodeState;

describe('micado-join', () => {
  test('joins as a worker, at the address on the way to the master, and then has nothing to do', async () => {
    const engine = await cluster.addEngine();
    const first = await joinBy(engine, (await tokens()).Worker);
    expect(first).toMatchObject({ code: 0 });
    expect(first.words).toContain(`micado-join: joined ${cluster.manager.address} as ${engine.address}\n`);
    const node = await eventually('the node is ready', async () => {
      const found = await nodeOf(engine);
      return found?.state === 'ready' ? found : undefined;
    });
    expect(node).toMatchObject({ role: 'worker', address: engine.address });
    expect(await joinBy(engine, 'SWMTKN-1-another-token')).toEqual({ code: 0, words: '' });
  });

  test('is a worker in the end, whatever token it was given, and the Swarm keeps its manager', async () => {
    const engine = await cluster.addEngine();
    const { code, words } = await joinBy(engine, (await tokens()).Manager);
    expect(code).toBe(0);
    expect(words).toContain(
      'micado-join: the token was one for managers, which no worker may get: rotate it\n',
    );
    await eventually('the node is a worker', async () => (await nodeOf(engine))?.role === 'worker');
  });

  test.each([
    ['no token', '', 'micado-join: the user data holds no join token'],
    [
      'a token of another Swarm',
      `SWMTKN-1-${'1'.repeat(50)}-${'a'.repeat(25)}`,
      'Error response from daemon',
    ],
  ])('with %s says so, and fails so that it is run again', async (_, token, message) => {
    const engine = await cluster.addEngine();
    const { code, words } = await joinBy(engine, token);
    expect(code).not.toBe(0);
    expect(words).toContain(message);
    expect(await stateOf(engine)).toBe('inactive');
    expect(await joinBy(engine, (await tokens()).Worker)).toMatchObject({ code: 0 });
  });
});

describe('micado-label-nodes', () => {
  test('makes node labels of what a worker’s engine says of itself, and of nothing else', async () => {
    const labelled = await cluster.addEngine({
      engineLabels: ['micado.pool=worker', 'micado.vm=c5878f36-8a21'],
    });
    const hostile = await cluster.addEngine({ engineLabels: ['micado.pool=$(reboot)', 'micado.vm=x'] });
    const plain = await cluster.addEngine();
    for (const engine of [labelled, hostile, plain]) await joinBy(engine, (await tokens()).Worker);
    const stop = new AbortController();
    const ended = start('micado-label-nodes.sh', cluster.manager, {}, stop.signal);
    try {
      const node = await eventually('the node has its labels', async () => {
        const found = await nodeOf(labelled);
        return found?.labels['micado.pool'] === undefined ? undefined : found;
      });
      expect(node.labels).toEqual({ 'micado.pool': 'worker', 'micado.vm': 'c5878f36-8a21' });
      expect((await nodeOf(hostile))?.labels).toEqual({});
      expect((await nodeOf(plain))?.labels).toEqual({});
    } finally {
      stop.abort();
    }
    expect((await ended).words).not.toMatch(/error/i);
  });
});

describe('micado submit', () => {
  test('runs Occopus’ tools in its container, and has all that they say', async () => {
    const { docker, dockerHost } = cluster.manager;
    const Image = await loadBusybox(cluster.manager);
    const HostConfig = { NetworkMode: 'none' };
    const container = await docker.createContainer({ Image, Cmd: ['sleep', '600'], HostConfig });
    await container.start();
    const tools = createContainerTools(parseDockerHost(dockerHost, undefined), container.id);
    const { signal } = new AbortController();
    const command = ['sh', '-c', 'echo said; echo complained >&2; exit 3'];
    const ended = await tools.run(command, 30_000, signal);
    expect(ended).toEqual({ words: 'said\r\ncomplained\r\n', exitCode: 3 });
    await expect(tools.run(['sleep', '600'], 1_000, signal)).rejects.toThrow(
      /has not ended; it goes on in there$/,
    );
    await container.remove({ force: true });
  });
});

describe('micado-master', () => {
  test('makes a Swarm on the private address that workers can join and that runs no application itself', async () => {
    await using engine = await startEngine({ swarm: 'none' });
    const bin = join(engine.folder, 'bin');
    const env = {
      PATH: `${bin}:${toolEnvironment()['PATH']}`,
      MICADO_HOME: bin,
      MICADO_ENV: join(bin, 'micado.env'),
    };
    await mkdir(bin);
    await writeFile(join(bin, 'docker-compose'), '#!/bin/sh\n', { mode: 0o755 });
    for (const name of ['compose.yaml', 'workers.stack.yaml', 'new-token.sh'])
      await copyFile(join(ROOT, 'docker', name), join(bin, name));
    await writeFile(env.MICADO_ENV, `MASTER_ADDRESS=${engine.address}\nOCCOPUS_IMAGE=x\n`);
    expect(await start('micado-master.sh', engine, env)).toMatchObject({ code: 0 });
    expect(await start('micado-master.sh', engine, env)).toMatchObject({ code: 0 });
    expect(await listSwarmNodes(engine.docker)).toMatchObject([
      { role: 'manager', availability: 'drain', labels: { 'micado.master': 'true' } },
    ]);
    const listening = await run('nsenter', [
      `--net=${engine.namespace}`,
      'ss',
      '--tcp',
      '--listening',
      '--numeric',
      '--no-header',
    ]);
    const sockets = listening.split('\n').map((line) => line.split(/\s+/)[3] ?? '');
    expect(sockets).toContain(`${engine.address}:2377`);
    expect(sockets.filter((socket) => /:(2377|2375)$/.test(socket))).toEqual([`${engine.address}:2377`]);
  });
});
