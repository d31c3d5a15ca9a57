/** Engines as tests ask for them: one, or a Swarm of one manager and some workers on a segment of its own. */
import { z } from 'zod';
import { eventually } from '../eventually.ts';
import { type Engine, type EngineOptions, startEngineIn } from './engine.ts';
import { claimSegment, releaseSegment, type Segment } from './segment.ts';

export type StartOptions = {
  /** `manager` makes the engine a Swarm of its own. */
  readonly swarm?: 'manager' | 'none';
  /** Cores that all containers of the engine share; without it, the whole machine. */
  readonly cpuCores?: number;
};

/** One engine on a segment of its own. */
export async function startEngine({ swarm = 'manager', cpuCores }: StartOptions = {}): Promise<Engine> {
  const segment = await claimSegment();
  const release = (): Promise<void> => releaseSegment(segment);
  try {
    const engine = await startEngineIn(segment, {
      name: 'm1',
      hostNumber: 10,
      ...(cpuCores === undefined ? {} : { cpuCores }),
    });
    if (swarm === 'manager') await initSwarm(engine);
    return { ...engine, stop: release, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

export type Cluster = AsyncDisposable & {
  readonly manager: Engine;
  readonly workers: readonly Engine[];
  /** Its network, for what is no engine: a virtual machine. Engines take the numbers from 10 on. */
  readonly segment: Segment;
  /** One more engine that is in no Swarm yet; numbered with the workers: `w1`, `w2` … */
  addEngine(limits?: EngineLimits): Promise<Engine>;
  stop(): Promise<void>;
};

/** Of one engine. */
export type EngineLimits = Pick<EngineOptions, 'cpuCores' | 'genericResources' | 'engineLabels'>;

export type ClusterOptions = EngineLimits & { readonly workers: number };

export async function startCluster({ workers: count, ...limits }: ClusterOptions): Promise<Cluster> {
  const segment = await claimSegment();
  const stop = (): Promise<void> => releaseSegment(segment);
  try {
    const manager = await startEngineIn(segment, { name: 'm1', hostNumber: 10, ...limits });
    await initSwarm(manager, { Dispatcher: { HeartbeatPeriod: HEARTBEAT_NS } });
    const workers: Engine[] = [];
    let engines = 0;
    const addEngine = async (own: EngineLimits = limits): Promise<Engine> => {
      engines += 1;
      return await startEngineIn(segment, { name: `w${engines}`, hostNumber: 10 + engines, ...own });
    };
    while (workers.length < count) {
      const worker = await addEngine();
      await joinSwarm(worker, manager);
      workers.push(worker);
    }
    return { manager, workers, segment, addEngine, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A worker is down after three missed heartbeats: 6 s instead of the usual 15. */
const HEARTBEAT_NS = 2_000_000_000;

async function initSwarm({ docker, address }: Engine, spec: object = {}): Promise<void> {
  await docker.swarmInit({ ListenAddr: `${address}:2377`, AdvertiseAddr: address, Spec: spec });
}

const swarmAnswer = z.object({ JoinTokens: z.object({ Worker: z.string() }) });
const nodesAnswer = z.array(
  z.object({ Description: z.object({ Hostname: z.string() }), Status: z.object({ State: z.string() }) }),
);

/** Joins with the worker token, and waits until the manager sees the node ready. */
export async function joinSwarm(worker: Engine, manager: Engine): Promise<void> {
  const { JoinTokens: tokens } = swarmAnswer.parse(await manager.docker.swarmInspect());
  await worker.docker.swarmJoin({
    ListenAddr: `${worker.address}:2377`,
    AdvertiseAddr: worker.address,
    RemoteAddrs: [`${manager.address}:2377`],
    JoinToken: tokens.Worker,
  });
  await eventually(
    `node ${worker.name} is ready`,
    async () =>
      nodesAnswer
        .parse(await manager.docker.listNodes())
        .some((node) => node.Description.Hostname === worker.name && node.Status.State === 'ready'),
    { withinMs: 20_000 },
  );
}
