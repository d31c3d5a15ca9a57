import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import { startCluster, startEngine } from '../../cluster/cluster.ts';
import { run } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { identifyProcess, listEngineProcesses } from '../../cluster/processes.ts';
import { sweep } from '../../cluster/segment.ts';
import { eventually } from '../../eventually.ts';

const WITHIN_MS = 60_000;
const STARTS_WITHIN_MS = 30_000;

/** Every trace of an engine that can be seen on this machine. */
async function listTraces(engine: Engine): Promise<readonly string[]> {
  const id = engine.cgroup.slice(1);
  const links = await run('ip', ['-br', 'link']);
  const namespaces = await run('ip', ['netns', 'list']);
  const rules = await run('iptables', ['-w', '5', '-S', 'FORWARD']);
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const cgroups = await readdir('/sys/fs/cgroup', { recursive: true });
  const lines = [...`${links}${namespaces}${rules}${mounts}`.split('\n'), ...cgroups];
  const bridge = new RegExp(`\\b${id.split('-')[0]}\\b`);
  return [...lines.filter((line) => bridge.test(line)), ...(await listEngineProcesses(id)).map(String)];
}

async function createSleeper(engine: Engine, replicas: number): Promise<void> {
  await engine.docker.createService({
    Name: 'sleeper',
    TaskTemplate: {
      ContainerSpec: { Image: await loadBusybox(engine) },
      Networks: [{ Target: 'host' }],
      Placement: { MaxReplicas: 2 },
    },
    Mode: { Replicated: { Replicas: replicas } },
  });
}

async function runningSleepers(engine: Engine): Promise<number> {
  return (await findSwarmService(engine.docker, 'sleeper'))?.runningTasks ?? 0;
}

/** By a client of its own: one that gives up soon. */
async function answers({ dockerHost }: Engine): Promise<boolean> {
  const docker = createDockerClient(parseDockerHost(dockerHost), 1_000);
  return await docker.ping().then(
    () => true,
    () => false,
  );
}

/** The identity of a process that was, and is no more. */
async function identityOfTheDead(): Promise<string> {
  const child = spawn('sleep', ['100']);
  const identity = await identifyProcess(child.pid ?? 0);
  child.kill();
  await once(child, 'exit');
  return JSON.stringify(identity);
}

describe('an engine of the harness', () => {
  test(
    'runs a service, and leaves nothing when it is stopped',
    async () => {
      await using engine = await startEngine({ cpuCores: 1.5 });
      await createSleeper(engine, 2);
      await eventually('both replicas run', async () => (await runningSleepers(engine)) === 2);
      const before = await listTraces(engine);
      await engine.stop();
      expect(before.length).toBeGreaterThan(10);
      expect(await listTraces(engine)).toEqual([]);
    },
    WITHIN_MS,
  );

  test(
    'has a segment of its own, also when several are started at once',
    async () => {
      const engines = await Promise.all([1, 2, 3].map(() => startEngine({ swarm: 'none' })));
      try {
        expect(new Set(engines.map(({ hostAddress }) => hostAddress)).size).toBe(3);
        expect(await Promise.all(engines.map(answers))).toEqual([true, true, true]);
      } finally {
        await Promise.all(engines.map((engine) => engine.stop()));
      }
    },
    WITHIN_MS,
  );

  test(
    'is swept by the next run when its test process has died',
    async () => {
      await using engine = await startEngine({ swarm: 'none' });
      const segmentFolder = dirname(dirname(engine.dockerHost.slice('unix://'.length)));
      await sweep();
      expect(await answers(engine)).toBe(true);

      await writeFile(join(segmentFolder, 'owner.json'), await identityOfTheDead());
      await sweep();
      expect(await listTraces(engine)).toEqual([]);
    },
    WITHIN_MS,
  );

  test(
    'keeps silent while it is paused, and answers when it is resumed',
    async () => {
      await using engine = await startEngine({ swarm: 'none' });
      await engine.pause();
      expect(await answers(engine)).toBe(false);
      engine.resume();
      expect(await answers(engine)).toBe(true);
    },
    WITHIN_MS,
  );
});

describe('a cluster of the harness', () => {
  test(
    'is there soon, runs tasks on its workers, and loses a worker whose link is cut',
    async () => {
      const startMs = performance.now();
      await using cluster = await startCluster({ workers: 2 });
      expect(performance.now() - startMs).toBeLessThan(STARTS_WITHIN_MS);
      const { manager } = cluster;
      for (const worker of cluster.workers) await loadBusybox(worker);
      await createSleeper(manager, 6);
      await eventually(
        'six replicas run, two on each node',
        async () => (await runningSleepers(manager)) === 6,
      );

      await cluster.workers[1]?.cut();
      await eventually('one node is down', async () => (await downNodes(manager)).join() === 'w2', {
        withinMs: 30_000,
      });
    },
    WITHIN_MS,
  );
});

async function downNodes({ docker }: Engine): Promise<readonly string[]> {
  const nodes = (await docker.listNodes()) as {
    Status: { State: string };
    Description: { Hostname: string };
  }[];
  return nodes.filter(({ Status }) => Status.State === 'down').map(({ Description }) => Description.Hostname);
}
