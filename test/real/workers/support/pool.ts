/** A pool of workers as the tests play with it: a stage, a stack that looks after it, and what can be seen of both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { POOL_NODE_LABEL, STATE_LABEL, STATE_NODE_LABEL } from '../../../../internal/contract/labels.ts';
import { callJson } from '../../../../internal/daemon/http-client.ts';
import { listSwarmServices } from '../../../../internal/docker/swarm-service.ts';
import type { Engine } from '../../../cluster/engine.ts';
import {
  QUICK_EXECUTOR,
  type Stage,
  type StageOptions,
  startStage,
  writePolicy,
} from '../../../cluster/story/stage.ts';
import { listNodes, type NodeView } from '../../../cluster/story/swarm-view.ts';
import { eventually } from '../../../eventually.ts';
import { decisionsOf, type JournalledDecision } from '../../support/apis.ts';
import { type Stack, startStack } from '../../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { type PoolWatch, watchPool } from './watch-pool.ts';

export type Bounds = { readonly min: number; readonly max: number };

export type Pool = AsyncDisposable & {
  readonly stage: Stage;
  readonly stack: Stack;
  readonly engine: Engine;
  /** Between the executor and Occopus. */
  readonly proxy: TcpProxy;
  readonly targetKey: string;
  /** Records how many VMs there are, from now on. */
  watch(): PoolWatch;
  nodes(): Promise<readonly NodeView[]>;
  decisions(): Promise<readonly JournalledDecision[]>;
  /** What the executor would decide at this moment: `hold provider_away`. */
  verdict(): Promise<string>;
  /** What it would say of that beyond the reason. */
  verdictDetail(): Promise<string>;
  /** Rewrites the policy: new bounds reach the executor by way of the rules. */
  setBounds(bounds: Bounds): Promise<void>;
  /** Waits until exactly so many workers are there, all of use, and nothing of a change is left over. */
  settled(workers: number, withinMs?: number): Promise<void>;
};

export type PoolOptions = Bounds &
  Pick<
    StageOptions,
    'attached' | 'bootMs' | 'cpuCores' | 'genericResources' | 'labelsVm' | 'loadMore' | 'occopusVersion'
  > & {
    readonly scaleup?: number;
    readonly scaledown?: number;
    /** Of the provider, where they differ from those of the policy. */
    readonly cloudBounds?: Bounds;
    readonly env?: Readonly<Record<string, string>>;
  };

const DEFAULT_BOOT_MS = 1_000;
/** What each answer takes where the proxy is told to be slow. */
const OCCOPUS_SLOW_MS = 2_000;
const DEFAULT_WORKER_CORES = 0.5;
export const SETTLED_WITHIN_MS = 90_000;

export async function startPool(options: PoolOptions): Promise<Pool> {
  const stateDir = mkdtempSync(join(tmpdir(), 'micado-pool-'));
  const opened: AsyncDisposable[] = [];
  const dispose = async (): Promise<void> => {
    for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    return { ...(await open(options, stateDir, opened)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function open(
  options: PoolOptions,
  stateDir: string,
  opened: AsyncDisposable[],
): Promise<Omit<Pool, typeof Symbol.asyncDispose>> {
  const use = <T extends AsyncDisposable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const { min, max, scaleup = 80, scaledown = 20, env = {} } = options;
  const stage = use(await startStage(stageOptions(options)));
  const { cloud } = stage;
  const { infraId, node } = cloud;
  const setBounds = (bounds: Bounds): Promise<void> =>
    writePolicy(stateDir, { ...bounds, node, infraId, scaleup, scaledown });
  await setBounds({ min, max });
  const proxy = use(
    await startTcpProxy({ port: Number(new URL(cloud.url).port) }, { slowMs: OCCOPUS_SLOW_MS }),
  );
  const engine = stage.cluster.manager;
  const flags = [`--occopus.url=http://127.0.0.1:${proxy.port}`];
  const stack = use(await startStack(engine, { stateDir, flags, env: { ...QUICK_EXECUTOR, ...env } }));
  const targetKey = `VM/${infraId}/${node}`;
  const decisions = () => decisionsOf(stack.url.executor, targetKey);
  const nodes = async (): Promise<readonly NodeView[]> =>
    (await listNodes(engine.docker)).filter(({ labels }) => labels[POOL_NODE_LABEL] === node);
  return {
    stage,
    stack,
    engine,
    proxy,
    targetKey,
    // Also where a test fails on its way to the end of its watch.
    watch: () => use(watchPool(cloud)),
    nodes,
    decisions,
    async verdict() {
      const { kind, reason } = await explain(stack, targetKey);
      return `${kind} ${reason}`;
    },
    verdictDetail: async () => (await explain(stack, targetKey)).detail,
    setBounds,
    async settled(workers, withinMs = SETTLED_WITHIN_MS) {
      const look = async (): Promise<boolean> => {
        const rest = await leftOver(stage, workers);
        if (rest.length > 0) throw new Error(rest.join('; '));
        return true;
      };
      try {
        await eventually(`${workers} workers, nothing left over`, look, { withinMs, everyMs: 250 });
      } catch (error) {
        throw new Error(`${String(error)}\n${describeDecisions(await decisions())}`, { cause: error });
      }
    },
  };
}

function stageOptions(options: PoolOptions): StageOptions {
  const { min, max, cloudBounds, scaleup: _up, scaledown: _down, env: _env, ...ofStage } = options;
  return {
    bootMs: DEFAULT_BOOT_MS,
    cpuCores: DEFAULT_WORKER_CORES,
    ...ofStage,
    ...(cloudBounds ?? { min, max }),
  };
}

const SHOWN_DECISIONS = 15;

/** Newest first, as the executor lists them. */
function describeDecisions(decisions: readonly JournalledDecision[]): string {
  return decisions
    .slice(0, SHOWN_DECISIONS)
    .map(({ time, kind, reason, detail }) => `${time} ${kind} ${reason}: ${String(detail ?? '')}`)
    .join('\n');
}

const explainAnswer = z.object({
  now: z.object({ kind: z.string(), reason: z.string(), detail: z.string().default('') }),
});

async function explain({ url }: Stack, targetKey: string): Promise<z.infer<typeof explainAnswer>['now']> {
  const path = `/api/v1/targets/${targetKey}/explain`;
  return explainAnswer.parse(await callJson({ url: url.executor + path, timeoutMs: 10_000 })).now;
}

/** What keeps the pool from being as it should be: no drained node forgotten, no VM paid for and unused. */
async function leftOver({ cloud, docker }: Stage, workers: number): Promise<readonly string[]> {
  const vms = cloud.vms();
  const [all, services] = await Promise.all([listNodes(docker), listSwarmServices(docker)]);
  const seen = all.filter(({ labels }) => labels[POOL_NODE_LABEL] === cloud.node);
  const target = cloud.occopus.infrastructure(cloud.infraId)?.node(cloud.node);
  return [
    ...(vms.length === workers ? [] : [`${vms.length} VMs`]),
    ...(target?.instances.size === workers ? [] : [`Occopus has ${target?.instances.size} instances`]),
    ...(seen.length === workers ? [] : [`${seen.length} nodes of the pool`]),
    ...(all.length === workers + 1 ? [] : [`${all.length} nodes in the Swarm`]),
    ...seen.filter(({ isReady }) => !isReady).map(({ name }) => `${name} is not ready`),
    ...seen
      .filter(({ availability }) => availability !== 'active')
      .map(({ name, availability }) => `${name} is on ${availability}`),
    ...seen
      .filter(({ labels }) => labels[STATE_NODE_LABEL.drain] !== undefined)
      .map(({ name }) => `${name} bears the mark of a drain`),
    ...vms
      .filter(({ engine: vm }) => !seen.some(({ address }) => address === vm.address))
      .map(({ engine: vm }) => `${vm.name} is no worker`),
    ...services
      .filter(({ labels }) => labels[STATE_LABEL.moving] !== undefined)
      .map(({ name }) => `${name} has a replica more`),
  ];
}
