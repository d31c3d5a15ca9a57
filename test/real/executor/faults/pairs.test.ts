/** Two of each: managers, Prometheus, Alertmanagers in a cluster, executors. One scale-up comes of an overload, not two. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callHttp } from '../../../../internal/daemon/http-client.ts';
import { callDocker } from '../../../../internal/docker/docker-client.ts';
import { type RunningBinary, startBinary } from '../../../bench/child-program.ts';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { loadBusybox } from '../../../cluster/images.ts';
import { listNodes } from '../../../cluster/story/swarm-view.ts';
import { type RealPrometheus, startRealPrometheus } from '../../../contract/rulegen/real-prometheus.ts';
import { writeWebConfig } from '../../../e2e/executor/start-executor.ts';
import { eventually } from '../../../eventually.ts';
import { createOpenParts } from '../../../open-parts.ts';
import { decisionsOf, prometheusAlerts } from '../../support/apis.ts';
import { type RealAlertmanager, startRealAlertmanager } from '../../support/real-alertmanager.ts';
import { createService, replicasOf } from '../../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { alertmanagerConfig, overloadRules, portOf, prometheusConfig } from './part-configs.ts';

const SERVICES = ['all', 'one-prometheus', 'one-alertmanager', 'one-manager-executor'];

const parts = createOpenParts();
const { use } = parts;
const folder = parts.folder('micado-pairs-');

let cluster: Cluster;
let image: string;
let prometheus: readonly RealPrometheus[];
let alertmanagers: readonly RealAlertmanager[];
let executors: readonly RunningBinary[];

beforeAll(async () => {
  cluster = use(await startCluster({ workers: 1 }));
  const engines = [cluster.manager, ...cluster.workers];
  [image = ''] = await Promise.all(engines.map(loadBusybox));
  await makeAllManagers();
  const fronts: TcpProxy[] = [];
  for (const _ of engines) fronts.push(use(await startTcpProxy({ port: 9 })));
  const config = alertmanagerConfig(fronts.map(({ port }) => port));
  const first = use(await startRealAlertmanager({ config, peers: [] }));
  alertmanagers = [first, use(await startRealAlertmanager({ config, peers: [first.clusterAddress ?? ''] }))];
  prometheus = [await startPrometheus('a'), await startPrometheus('b')];
  const webConfigFile = await writeWebConfig(folder);
  executors = await Promise.all(
    engines.map((engine) =>
      startBinary('executor', [
        `--docker.host=${engine.dockerHost}`,
        ...prometheus.map(({ url }) => `--prometheus.url=${url}`),
        ...alertmanagers.map(({ url }) => `--alertmanager.url=${url}`),
        `--web.config.file=${webConfigFile}`,
        `--journal.file=${join(folder, `${engine.name}.jsonl`)}`,
        '--poll.interval=500ms',
      ]),
    ),
  );
  for (const [index, executor] of executors.entries()) {
    parts.defer(() => executor[Symbol.asyncDispose]());
    fronts[index]?.setUpstream({ port: portOf(executor.url) });
  }
}, 120_000);
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
}, 60_000);

async function makeAllManagers(): Promise<void> {
  const { docker } = cluster.manager;
  for (const { id, role, version, spec } of await listNodes(docker))
    if (role !== 'manager')
      await callDocker('promoting', () => docker.getNode(id).update({ ...spec, version, Role: 'manager' }));
  for (const { docker: own } of cluster.workers)
    await eventually('the worker is a manager', async () => (await own.listNodes()).length === 2, {
      withinMs: 30_000,
    });
}

async function startPrometheus(replica: string): Promise<RealPrometheus> {
  const one = use(await startRealPrometheus());
  one.writeConfig(
    prometheusConfig(
      alertmanagers.map(({ url }) => url),
      replica,
    ),
  );
  writeFileSync(join(one.rulesDir, 'pairs.yml'), overloadRules(SERVICES));
  await callHttp({ method: 'POST', url: `${one.url}/-/reload`, timeoutMs: 10_000 });
  await eventually(
    'the alerts fire',
    async () => (await prometheusAlerts(one.url)).length === SERVICES.length,
  );
  return one;
}

/** Of the executors that are there: all have looked at it after the action, and one of them has acted. */
async function expectOneAction(name: string, at: readonly RunningBinary[] = executors): Promise<void> {
  const read = () => Promise.all(at.map(({ url }) => decisionsOf(url, `docker/${name}`)));
  await eventually(
    'all hold for the cool-down',
    async () => (await read()).every(([newest]) => newest?.reason === 'cooldown'),
    { withinMs: 30_000 },
  );
  expect(await replicasOf(cluster.manager, name)).toBe(2);
  expect((await read()).flat().filter(({ kind }) => kind === 'scale')).toHaveLength(1);
}

const create = (name: string): Promise<string> => createService(cluster.manager, { name, image });

test('with two of each, a service grows by one replica', async () => {
  await create('all');
  await expectOneAction('all');
}, 60_000);

test('with one Prometheus away, so does the next one', async () => {
  await prometheus[0]?.stop();
  await create('one-prometheus');
  await expectOneAction('one-prometheus');
}, 60_000);

test('with one Alertmanager away, too', async () => {
  await alertmanagers[0]?.stop();
  await create('one-alertmanager');
  await expectOneAction('one-alertmanager');
}, 60_000);

test('with one executor killed, the other one does it', async () => {
  const [killed, ...others] = executors;
  await killed?.[Symbol.asyncDispose]();
  await create('one-manager-executor');
  await expectOneAction('one-manager-executor', others);
}, 60_000);
