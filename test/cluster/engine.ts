/** A real Docker engine in a network namespace of its own, with a host name, a resolver and a cgroup of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import { eventually } from '../eventually.ts';
import { setCpuQuota } from './cgroups.ts';
import { lastLine, run } from './command.ts';
import { checkEngineName, engineId, segmentAddress } from './engine-name.ts';
import { namespaceFile, plugIn } from './namespace.ts';
import { freezeProcess, sendSignal } from './processes.ts';
import { removeEngine, type Segment, unplugEngine } from './segment.ts';
import { spawnInNamespace } from './spawn-in-namespace.ts';

export type Engine = AsyncDisposable & {
  readonly name: string;
  /** `unix://…`, as DOCKER_HOST takes it. */
  readonly dockerHost: string;
  /** The engine's address in its namespace, which this machine reaches. */
  readonly address: string;
  /** This machine's address, as containers with `--network host` reach it. */
  readonly hostAddress: string;
  /** The file of its network namespace, as `nsenter --net` takes it. */
  readonly namespace: string;
  /** All files of the engine; they go with it. */
  readonly folder: string;
  /** The cgroup above all containers of this engine: its "machine". */
  readonly cgroup: string;
  readonly docker: Docker;
  /** Another one after `restart`. */
  pid(): number;
  /** Freezes the engine (its containers go on): it accepts connections and does not answer. */
  pause(): Promise<void>;
  resume(): void;
  /** Unplugs the engine's network; `mend` plugs it in again. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** As a machine that loses power and boots: all processes die at once, and the engine starts on what is on the disk. */
  restart(): Promise<void>;
  /** Ends engine and containers and removes all they have. Idempotent. */
  stop(): Promise<void>;
};

export type EngineOptions = {
  readonly name: string;
  /** The last number of the engine's address. */
  readonly hostNumber: number;
  /** Cores that all its containers share; without it, the whole machine. */
  readonly cpuCores?: number;
  /** What it tells the Swarm to have of further kinds, as `dockerd` takes it: `gpu=2`, or `gpu=a` and `gpu=b`. */
  readonly genericResources?: readonly string[];
  /** `key=value`, as its daemon.json would name them. */
  readonly engineLabels?: readonly string[];
};

type Properties = Pick<EngineOptions, 'genericResources' | 'engineLabels'>;

const START_WITHIN_MS = 30_000;

export async function startEngineIn(segment: Segment, options: EngineOptions): Promise<Engine> {
  const { name, hostNumber, cpuCores } = options;
  checkEngineName(name);
  const id = engineId(segment.number, name);
  const folder = join(segment.folder, name);
  const address = segmentAddress(segment.number, hostNumber);
  const stop = (): Promise<void> => removeEngine(segment.number, segment.folder, name);
  const docker = createDockerClient({ kind: 'socket', socketPath: join(folder, 'docker.sock') });
  const boot = async (): Promise<number> => {
    await plugIn(segment.number, id);
    await run('ip', ['-n', id, 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
    const child = await launch(id, name, folder, options);
    await waitUntilAnswering(docker, child, folder);
    return child.pid ?? 0;
  };
  await mkdir(folder, { recursive: true });
  try {
    if (cpuCores !== undefined) await setCpuQuota(id, cpuCores);
    let pid = await boot();
    return {
      name,
      dockerHost: `unix://${join(folder, 'docker.sock')}`,
      address,
      hostAddress: segment.hostAddress,
      namespace: namespaceFile(id),
      folder,
      cgroup: `/${id}`,
      docker,
      pid: () => pid,
      pause: () => freezeProcess(pid),
      resume: () => sendSignal(pid, 'SIGCONT'),
      cut: async () => void (await run('ip', ['link', 'set', id, 'down'])),
      mend: async () => void (await run('ip', ['link', 'set', id, 'up'])),
      async restart() {
        await unplugEngine(id);
        // Both are in /run of a machine, which is empty after a boot.
        for (const name of ['exec', 'pid']) await rm(join(folder, name), { recursive: true, force: true });
        pid = await boot();
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Runs before the engine in a mount namespace of its own. Its /run hides this machine's (shims leave sockets there),
 * and its resolver refuses at once (a name server that does not answer costs 20 s at each task start).
 */
const PREPARE =
  'hostname "$1" && mount --bind "$2" /etc/resolv.conf && mount -t tmpfs run /run && shift 2 && exec "$@"';

async function launch(
  id: string,
  name: string,
  folder: string,
  properties: Properties,
): Promise<ChildProcess> {
  const resolver = join(folder, 'resolv.conf');
  await writeFile(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  const enter = ['unshare', '--uts', '--mount', 'sh', '-c', PREPARE, 'sh', name, resolver];
  const engine = ['dockerd', ...engineFlags(id, folder, properties)];
  return spawnInNamespace(id, join(folder, 'log'), [...enter, ...engine]);
}

function engineFlags(
  id: string,
  folder: string,
  { genericResources = [], engineLabels = [] }: Properties,
): readonly string[] {
  return [
    ...engineLabels.map((label) => `--label=${label}`),
    ...genericResources.map((resource) => `--node-generic-resource=${resource}`),
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--pidfile=${join(folder, 'pid')}`,
    `--host=unix://${join(folder, 'docker.sock')}`,
    `--cgroup-parent=/${id}`,
    '--exec-opt=native.cgroupdriver=cgroupfs',
  ];
}

async function waitUntilAnswering(docker: Docker, child: ChildProcess, folder: string): Promise<void> {
  const said = async (): Promise<string> => lastLine(await readFile(join(folder, 'log'), 'utf8'));
  const outcome = await eventually(
    'the engine answers',
    async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return 'ended';
      return await docker.ping().then(
        () => 'answering',
        () => undefined,
      );
    },
    { withinMs: START_WITHIN_MS },
  ).catch(() => 'silent');
  if (outcome !== 'answering') throw new Error(`dockerd did not start (${outcome}): ${await said()}`);
}
