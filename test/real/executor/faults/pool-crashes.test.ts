/**
 * kill -9 of the executor before and after every change that it makes on the way of a pool up and down again, on real
 * engines: at each step it dies twice, and the pool still comes to where it should, by one worker each time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { POOL_NODE_LABEL, STATE_LABEL, STATE_NODE_LABEL } from '../../../../internal/contract/labels.ts';
import { callHttp } from '../../../../internal/daemon/http-client.ts';
import { callDocker } from '../../../../internal/docker/docker-client.ts';
import { type RunningBinary, startBinary } from '../../../bench/child-program.ts';
import { type Cloud, startCloud } from '../../../cluster/cloud/cloud.ts';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { loadBusybox } from '../../../cluster/images.ts';
import { listNodes } from '../../../cluster/story/swarm-view.ts';
import { type RealPrometheus, startRealPrometheus } from '../../../contract/rulegen/real-prometheus.ts';
import { eventually } from '../../../eventually.ts';
import { createOpenParts } from '../../../open-parts.ts';
import { serviceNamed, waitForRunning } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { portOf } from './part-configs.ts';
import { poolRules } from './pool-rules.ts';

/** Every request by which the executor changes something, and the crash point that it is. */
const CHANGES = [
  ['NodeProvider.maintain', /^POST [^ ]*\/attach /],
  ['NodeProvider.scaleTo', /^POST [^ ]*\/scaleto\//],
  ['NodeProvider.remove', /^POST [^ ]*\/scaledown\//],
  ['WorkerSwarmReading.markNode', /^POST [^ ]*\/nodes\/[^ ]+\/update/],
  ['WorkerSwarmReading.setReplicas', /^POST [^ ]*\/services\/[^ ]+\/update/],
  ['WorkerSwarmReading.removeNode', /^DELETE [^ ]*\/nodes\//],
] as const;
const ANY_CHANGE = new RegExp(CHANGES.map(([, request]) => request.source).join('|'));
/** Each process tells the provider once to look after the pool: two that die of it are enough. */
const NEXT_CHANGES = new RegExp(
  CHANGES.slice(1)
    .map(([, request]) => request.source)
    .join('|'),
);
const NOTHING = /^$/;
const WITHIN_MS = 80_000;

const parts = createOpenParts();
const { use } = parts;
const folder = parts.folder('micado-pool-');

let cluster: Cluster;
let cloud: Cloud;
let prometheus: RealPrometheus;
let proxies: readonly TcpProxy[];
let executor: RunningBinary;
const strikes: string[] = [];
const seenVms = new Set<number>();

beforeAll(async () => {
  cluster = use(await startCluster({ workers: 0 }));
  cloud = use(await startCloud({ cluster, min: 1, max: 2, passMs: 300 }));
  prometheus = use(await startRealPrometheus());
  proxies = [
    use(await startTcpProxy({ path: cluster.manager.dockerHost.replace('unix://', '') })),
    use(await startTcpProxy({ port: portOf(cloud.url) })),
  ];
  await fire(undefined);
  await eventually('the first worker is there', async () => (await workers()).length === 1, {
    withinMs: 60_000,
  });
  await createApp();
  await startExecutor();
}, 180_000);
afterAll(async () => {
  await executor?.[Symbol.asyncDispose]();
  await parts[Symbol.asyncDispose]();
}, 60_000);

async function createApp(): Promise<void> {
  const Image = await loadBusybox(cluster.manager);
  const Placement = { Constraints: [`node.labels.${POOL_NODE_LABEL}==${cloud.node}`] };
  await callDocker('creating', () =>
    cluster.manager.docker.createService({
      Name: 'app',
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: { ContainerSpec: { Image, StopGracePeriod: 1e9 }, Placement },
    }),
  );
  await waitForRunning(cluster.manager, 'app', 1);
}

async function startExecutor(): Promise<void> {
  const [docker, provider] = proxies;
  executor = await startBinary('executor', [
    `--docker.host=tcp://127.0.0.1:${docker?.port}`,
    `--occopus.url=http://127.0.0.1:${provider?.port}`,
    `--prometheus.url=${prometheus.url}`,
    '--alertmanager.url=',
    `--journal.file=${join(folder, 'decisions.jsonl')}`,
    '--poll.interval=500ms',
    '--worker.poll=200ms',
    '--worker.grace=0s',
  ]);
}

async function fire(alert: 'overloaded' | 'underloaded' | undefined): Promise<void> {
  writeFileSync(join(prometheus.rulesDir, 'pool.yml'), poolRules(cloud, alert));
  await callHttp({ method: 'POST', url: `${prometheus.url}/-/reload`, timeoutMs: 10_000 });
}

const workers = async () =>
  (await listNodes(cluster.manager.docker)).filter(({ labels }) => labels[POOL_NODE_LABEL] === cloud.node);

/** Kills before each change, then after the same change, then before the next one, until it holds. */
async function killAtEachChange(what: string, holds: () => Promise<boolean>): Promise<void> {
  let moment: 'before' | 'after' = 'before';
  let started: Promise<void> = Promise.resolve();
  const arm = (): void => {
    const isAttached = strikes.includes('after NodeProvider.maintain');
    for (const proxy of proxies) proxy.cutNext(isAttached ? NEXT_CHANGES : ANY_CHANGE, moment, strike);
  };
  const strike = async (request: string): Promise<void> => {
    await started;
    process.kill(executor.pid, 'SIGKILL');
    const point = CHANGES.find(([, pattern]) => pattern.test(request))?.[0] ?? request;
    strikes.push(`${moment} ${point}`);
    moment = moment === 'before' ? 'after' : 'before';
    arm();
    started = startExecutor();
  };
  arm();
  try {
    await eventually(
      what,
      async () => {
        await started;
        seenVms.add(cloud.vms().length);
        return await holds();
      },
      { withinMs: WITHIN_MS, everyMs: 100 },
    );
  } catch (error) {
    throw new Error(`${String(error)} after ${strikes.join(', ')}`, { cause: error });
  } finally {
    for (const proxy of proxies) proxy.cutNext(NOTHING, moment, async () => {});
    await started;
  }
}

test('a pool grows by one worker', async () => {
  await fire('overloaded');
  await killAtEachChange('there are two', async () => {
    const now = await workers();
    return now.length === 2 && now.every(({ isReady }) => isReady);
  });
}, 150_000);

test('and shrinks by the one that has the only replica of a service', async () => {
  await fire('underloaded');
  await killAtEachChange('there is one', async () => {
    const now = await workers();
    const { replicas, labels } = await serviceNamed(cluster.manager, 'app');
    const isTidy = now.every(({ labels: own }) => own[STATE_NODE_LABEL.drain] === undefined);
    return now.length === 1 && isTidy && replicas === 1 && labels[STATE_LABEL.moving] === undefined;
  });
  await waitForRunning(cluster.manager, 'app', 1);
}, 150_000);

test('dying before and after every kind of change, and never with too many machines or too few', () => {
  const all = CHANGES.flatMap(([point]) => [`before ${point}`, `after ${point}`]);
  expect(new Set(strikes)).toEqual(new Set(all));
  expect(seenVms).toEqual(new Set([1, 2]));
  for (const once of ['scaleTo', 'remove'])
    expect(strikes.filter((strike) => strike === `after NodeProvider.${once}`)).toHaveLength(1);
});
