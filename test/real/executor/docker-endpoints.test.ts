/**
 * The table of Docker endpoints in the README is all that the executor needs, and nothing too much: it does everything that
 * it can through a proxy that lets just these through.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { POOL_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { listNodes, type NodeView, setAvailability } from '../../cluster/story/swarm-view.ts';
import {
  alertLabels,
  type RunningExecutor,
  startRunningExecutor,
} from '../../e2e/executor/start-executor.ts';
import { eventually } from '../../eventually.ts';
import { type AlertingPrometheus, startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';
import { createMemoryNodeProvider } from '../../fakes/memory-node-provider.ts';
import { createService, replicasOf, updateService, waitForRunning } from '../support/services.ts';
import { type SocketProxy, startSocketProxy } from '../support/socket-proxy.ts';

const README = readFileSync(new URL('../../../executor/README.md', import.meta.url), 'utf8');
const POOL = { infraId: 'infra', node: 'worker' };
const provider = createMemoryNodeProvider();

let cluster: Cluster;
let prometheus: AlertingPrometheus;
let proxy: SocketProxy;
let executor: RunningExecutor;

function endpointsInReadme(): ReadonlySet<string> {
  const rows = README.matchAll(/^\| `((?:GET|POST|DELETE) [^`]+)` +\| (?:always|for pools) /gm);
  return new Set([...rows].map(([, endpoint = '']) => endpoint));
}

beforeAll(async () => {
  [cluster, prometheus] = await Promise.all([startCluster({ workers: 2 }), startAlertingPrometheus()]);
  const { manager, workers } = cluster;
  const [image = ''] = await Promise.all([manager, ...workers].map(loadBusybox));
  for (const node of await listNodes(manager.docker)) await prepareNode(node);
  for (const name of ['web', 'limited'])
    await createService(manager, { name, image, labels: name === 'web' ? { 'micado.keep': 'true' } : {} });
  await limitPerNode('limited', 1);
  proxy = await startSocketProxy(manager.dockerHost.replace('unix://', ''), endpointsInReadme());
  executor = await startRunningExecutor(
    [
      '--web.listen-address=127.0.0.1:0',
      `--docker.host=${proxy.address}`,
      `--prometheus.url=${prometheus.url}`,
      '--alertmanager.url=',
      '--poll.interval=500ms',
      '--worker.poll=200ms',
      '--worker.grace=0s',
      '--worker.stale-after=0s',
    ],
    provider,
  );
}, 120_000);
afterAll(async () => {
  await executor?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await prometheus?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

/** The manager runs no tasks; the workers are the pool. */
async function prepareNode(node: NodeView): Promise<void> {
  const { docker } = cluster.manager;
  if (node.role === 'manager') return await setAvailability(docker, node, 'drain');
  const Labels = { [POOL_NODE_LABEL]: POOL.node };
  await callDocker('labelling', () =>
    docker.getNode(node.id).update({ ...node.spec, version: node.version, Labels }),
  );
}

async function limitPerNode(name: string, maxReplicas: number): Promise<void> {
  const { docker } = cluster.manager;
  const service = (await docker.getService(name).inspect()) as {
    Version: { Index: number };
    Spec: { TaskTemplate: object };
  };
  const template = { ...service.Spec.TaskTemplate, Placement: { MaxReplicas: maxReplicas } };
  await callDocker('limiting', () =>
    docker
      .getService(name)
      .update({ ...service.Spec, version: service.Version.Index, TaskTemplate: template }),
  );
  await waitForRunning(cluster.manager, name, 1);
}

const becomes = (name: string, replicas: number): Promise<boolean> =>
  eventually(
    `${name} has ${replicas} replicas`,
    async () => (await replicasOf(cluster.manager, name)) === replicas,
    { withinMs: 30_000 },
  );

test('services grow, are kept, and shrink', async () => {
  const annotations = { cooldown: '0s', max: '3' };
  prometheus.setAlerts(['web', 'limited'].map((name) => ({ labels: alertLabels(name), annotations })));
  await Promise.all([becomes('web', 3), becomes('limited', 2)]);
  prometheus.setAlerts([]);
  await waitForRunning(cluster.manager, 'web', 3);
  const { docker } = cluster.manager;
  const { Spec, Version } = (await docker.getService('web').inspect()) as {
    Spec: object;
    Version: { Index: number };
  };
  const asDeployed = { Labels: { 'micado.keep': 'true' }, Mode: { Replicated: { Replicas: 1 } } };
  await callDocker('deploying', () =>
    docker.getService('web').update({ ...Spec, version: Version.Index, ...asDeployed }),
  );
  await becomes('web', 3);
  prometheus.setAlerts([{ labels: alertLabels('web', 'underloaded'), annotations, value: '1' }]);
  await becomes('web', 1);
  prometheus.setAlerts([]);
}, 120_000);

test('a worker is emptied and leaves', async () => {
  await updateService(cluster.manager, 'limited', { replicas: 1 });
  const { manager, workers } = cluster;
  const vms = workers.map(({ name, address }) => ({
    id: name,
    addresses: [address],
    state: 'ready' as const,
  }));
  provider.addPool(POOL, { vms });
  prometheus.setWorkers(workers.map(({ name }) => ({ pool: POOL.node, node: name, busy: 0.1 })));
  const labels = {
    alertname: 'worker_underloaded',
    alert: 'underloaded',
    type: 'VM',
    infra_id: POOL.infraId,
    node: POOL.node,
  };
  const annotations = { min: '1', max: '3', cooldown: '0s', scaleup: '80' };
  prometheus.setRules([{ labels, annotations }]);
  prometheus.setAlerts([{ labels, annotations, value: '1' }]);
  const stopping = await eventually(
    'one VM is asked to stop',
    () => provider.pool(POOL).vms.find(({ state }) => state === 'stopping'),
    { withinMs: 60_000 },
  );
  prometheus.setAlerts([]);
  await workers.find(({ name }) => name === stopping.id)?.stop();
  provider.pass(POOL);
  await eventually(
    'its node has left the Swarm',
    async () => (await listNodes(manager.docker)).every(({ name }) => name !== stopping.id),
    { withinMs: 60_000 },
  );
}, 180_000);

test('and all of that needs every endpoint in the table of the README, and no other', () => {
  expect([...proxy.refused]).toEqual([]);
  expect([...proxy.calls.keys()].toSorted()).toEqual([...endpointsInReadme()].toSorted());
});
