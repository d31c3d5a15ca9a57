/**
 * Worker VMs of a real Swarm under `micado up`: found by Prometheus, registered with Consul, shown by `micado status`, ended by
 * `micado destroy`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { z } from 'zod';
import { callHttp, callJson } from '../../../internal/daemon/http-client.ts';
import { listSwarmNodes, type SwarmNode } from '../../../internal/docker/swarm-node.ts';
import { type Cloud, startCloud } from '../../cluster/cloud/cloud.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { type ConsulServer, startConsulServer } from '../../fakes/consul-server.ts';
import { prometheusAlerts, untilScraped } from '../support/apis.ts';
import { type Stack, startStack } from '../support/stack.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const PATIENCE = { withinMs: 40_000, everyMs: 100 };
/** From joining to the first scrape, and from leaving to the last. */
const WITHIN_MS = 15_000;

const stateDir = mkdtempSync(join(tmpdir(), 'micado-infra-'));
let cluster: Cluster;
let cloud: Cloud;
let stack: Stack;
let consul: ConsulServer;
let image: string;

beforeAll(async () => {
  cluster = await startCluster({ workers: 0 });
  image = await loadBusybox(cluster.manager);
  cloud = await startCloud({ cluster, min: 1, max: 2, passMs: 300, attached: false });
  const pool = { name: cloud.node, infra: cloud.infraId, min: 1, max: 2 };
  writeFileSync(join(stateDir, 'policy.yaml'), JSON.stringify({ workers: [pool] }));
  // Nobody but Occopus itself starts VMs here.
  consul = await startConsulServer();
  const flags = ['--node-provider=none', `--consul.url=${consul.url}`];
  stack = await startStack(cluster.manager, { stateDir, flags });
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await consul?.[Symbol.asyncDispose]();
  await cloud?.stop();
  await cluster?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}, 120_000);

async function micado(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  const run = promisify(execFile)(
    process.execPath,
    ['deploy/micado.mjs', ...words, `--state.dir=${stateDir}`],
    {
      cwd: ROOT,
    },
  );
  return await run.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

const rulesAnswer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ name: z.string(), labels: z.record(z.string(), z.string()) })),
      }),
    ),
  }),
});
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ labels: z.record(z.string(), z.string()), health: z.string() })),
  }),
});

/** Health of the exporters of workers, by host name. */
async function workerTargets(): Promise<Readonly<Record<string, string>>> {
  const url = `${stack.url.prometheus}/api/v1/targets?state=active`;
  const { data } = targetsAnswer.parse(await callJson({ url, timeoutMs: 5_000 }));
  const workers = data.activeTargets.filter(({ labels }) => labels['pool'] === cloud.node);
  return Object.fromEntries(workers.map(({ labels, health }) => [labels['node'] ?? '', health]));
}

async function workerNodes(state: SwarmNode['state']): Promise<readonly SwarmNode[]> {
  const nodes = await listSwarmNodes(cluster.manager.docker);
  return nodes.filter((node) => node.labels['micado.pool'] === cloud.node && node.state === state);
}

/** Replicas of which each takes more than half of a node; nobody scales them. */
async function createService(name: string, replicas: number, needs: object): Promise<Docker.Service> {
  const { docker } = cluster.manager;
  return await docker.createService({
    Name: name,
    Labels: { 'micado.scale': 'false' },
    Mode: { Replicated: { Replicas: replicas } },
    TaskTemplate: {
      ContainerSpec: { Image: image, StopGracePeriod: 1_000_000_000 },
      Networks: [{ Target: 'host' }],
      ...needs,
    },
  } as Docker.CreateServiceOptions);
}

async function pendingSeries(): Promise<readonly string[]> {
  const { text } = await callHttp({ url: `${stack.url.exporter}/metrics`, timeoutMs: 5_000 });
  return text
    .split('\n')
    .filter((line) => line.startsWith('swarm_tasks_pending{'))
    .sort();
}

const untilPending = (...series: readonly string[]): Promise<unknown> =>
  eventually(
    `these wait: ${series.join(' ')}`,
    async () => JSON.stringify(await pendingSeries()) === JSON.stringify(series),
    PATIENCE,
  );

async function workerAlerts(): Promise<readonly string[]> {
  const alerts = await prometheusAlerts(stack.url.prometheus);
  return alerts
    .filter(({ labels }) => labels['type'] === 'VM')
    .map(({ labels }) => labels['alertname'] ?? '');
}

async function secondsUntil(what: string, holds: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  await eventually(what, holds, PATIENCE);
  return (performance.now() - startMs) / 1000;
}

describe('an infrastructure of workers', () => {
  test('has both alerts in Prometheus while it has no worker', async () => {
    const url = `${stack.url.prometheus}/api/v1/rules?type=alert`;
    const { data } = rulesAnswer.parse(await callJson({ url, timeoutMs: 5_000 }));
    const alerts = data.groups
      .flatMap(({ rules }) => rules)
      .filter(({ labels }) => labels['type'] === 'VM')
      .map(({ name, labels }) => ({ name, ...labels }));
    const labels = { type: 'VM', infra_id: cloud.infraId, node: cloud.node, cluster: 'worker_cluster' };
    expect(alerts).toEqual([
      { name: 'worker_overloaded', alert: 'overloaded', ...labels },
      { name: 'worker_underloaded', alert: 'underloaded', ...labels },
    ]);
    expect(await workerTargets()).toEqual({});
  });

  test('is scraped within 15 s of joining, by nobody’s hand', async () => {
    cloud.occopus.infrastructure(cloud.infraId)?.attach();
    const [worker] = await eventually(
      'a worker is Ready',
      async () => {
        const ready = await workerNodes('ready');
        return ready.length > 0 && ready;
      },
      PATIENCE,
    );
    const seconds = await secondsUntil(
      'its exporter is scraped',
      async () => (await workerTargets())[worker?.hostname ?? ''] === 'up',
    );
    expect(seconds * 1000).toBeLessThan(WITHIN_MS);
  }, 90_000);

  test('is in Consul under MiCADO’s names, and passes its checks, as the three binaries do', async () => {
    const [worker] = await workerNodes('ready');
    await eventually(
      'all pass',
      async () => {
        await consul.runChecks();
        return ['worker_cluster', 'app_docker_cluster'].every((name) =>
          consul
            .named(name)
            .some(({ Meta, status }) => Meta['node'] === worker?.hostname && status === 'passing'),
        );
      },
      PATIENCE,
    );
    for (const name of ['prometheus_executor', 'micado_rulegen', 'micado_exporter'])
      expect(consul.named(name)).toMatchObject([{ status: 'passing' }]);
  }, 60_000);

  test('is shown once the executor has looked at it', async () => {
    const shown = await eventually(
      'the pool is shown',
      async () => {
        const { output } = await micado('status', '--json');
        const status = JSON.parse(output) as { readonly pools: readonly unknown[] };
        return status.pools.length > 0 && status;
      },
      PATIENCE,
    );
    expect(shown).toMatchObject({
      pools: [{ infra: cloud.infraId, node: cloud.node, last_decision: { kind: expect.any(String) } }],
      services: [],
      notices: [],
    });
    const { code, output } = await micado('status');
    expect(code).toBe(0);
    expect(output).toContain(`${cloud.infraId}/${cloud.node}`);
  }, 60_000);

  test('is overloaded by tasks that one more worker could take, and by no others', async () => {
    const { NCPU: cores } = (await cluster.manager.docker.info()) as { readonly NCPU: number };
    const half = { Reservations: { NanoCPUs: Math.round(cores * 0.6 * 1e9) } };
    const filling = await createService('filling', 2, { Resources: half });
    await eventually(
      'both nodes are full',
      async () =>
        (await cluster.manager.docker.listContainers()).length > 0 && (await pendingSeries()).length === 0,
      PATIENCE,
    );
    const hopeless = [
      await createService('huge', 1, { Resources: { Reservations: { MemoryBytes: 2 ** 46 } } }),
      await createService('moon', 1, {
        Resources: half,
        Placement: { Constraints: ['node.labels.zone==moon'] },
      }),
      // One more worker would take it, but it is the user who wants no more of them.
      await createService('apart', 3, { Placement: { MaxReplicas: 1 } }),
    ];
    await untilPending(
      'swarm_tasks_pending{service_name="apart",reason="max_replicas_per_node"} 1',
      'swarm_tasks_pending{service_name="huge",reason="too_large"} 1',
      'swarm_tasks_pending{service_name="moon",reason="unsatisfied_constraints"} 1',
    );
    for (const name of ['apart', 'moon'])
      await untilScraped(stack.url.prometheus, `swarm_tasks_pending{service_name="${name}"}`, 4);
    expect(await workerAlerts()).toEqual([]);
    const more = await createService('more', 2, { Resources: half });
    await secondsUntil('the pool is overloaded', async () =>
      (await workerAlerts()).includes('worker_overloaded'),
    );
    expect(await pendingSeries()).toContain(
      'swarm_tasks_pending{service_name="more",reason="insufficient_resources",pool="worker"} 2',
    );
    for (const service of [filling, more, ...hopeless]) await service.remove();
    await secondsUntil('it is quiet again', async () => (await workerAlerts()).length === 0);
  }, 120_000);

  test('is forgotten within 15 s of leaving', async () => {
    const [before] = await workerNodes('ready');
    const [vm] = cloud.vms();
    await cloud.vanish(vm?.id ?? '');
    const hostname = before?.hostname ?? '';
    await eventually(
      'the Swarm has lost the worker',
      async () => (await workerNodes('down')).some((node) => node.hostname === hostname),
      PATIENCE,
    );
    const seconds = await secondsUntil(
      'its target is gone',
      async () => !(hostname in (await workerTargets())),
    );
    await eventually(
      'Consul has forgotten it',
      () => consul.named('worker_cluster').every(({ Meta }) => Meta['node'] !== hostname),
      PATIENCE,
    );
    expect(seconds * 1000).toBeLessThan(WITHIN_MS);
  }, 120_000);

  test('is emptied, and its VM named for the operator to stop, by a stack without a node provider', async () => {
    const [worker] = await eventually(
      'a new worker is there',
      async () => {
        const ready = await workerNodes('ready');
        return ready.length > 0 && ready;
      },
      PATIENCE,
    );
    const { code, output } = await micado('destroy', cloud.infraId, '--gone.timeout=1s');
    expect(code).toBe(1);
    expect(output).toContain(`stop these VMs in the cloud now: ${worker?.hostname} (${worker?.address}, VM `);
    expect((await workerNodes('ready')).map(({ availability }) => availability)).toEqual(['drain']);
    expect(cloud.vms()).toHaveLength(1);
  }, 120_000);

  test('leaves nothing when it is destroyed, and a second time neither', async () => {
    const destroy = () => micado('destroy', cloud.infraId, `--occopus.url=${cloud.url}`);
    const first = await destroy();
    expect(first.output).toContain(`nothing is left of ${cloud.infraId}`);
    expect(first.code).toBe(0);
    expect(cloud.vms()).toEqual([]);
    const left = await listSwarmNodes(cluster.manager.docker);
    expect(left.map(({ role }) => role)).toEqual(['manager']);
    expect((await destroy()).code).toBe(0);
    await secondsUntil(
      'Prometheus has forgotten all workers',
      async () => Object.keys(await workerTargets()).length === 0,
    );
  }, 240_000);
});
