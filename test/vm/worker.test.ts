/**
 * From user data to a working worker: Occopus switches on a virtual machine with the cloud-init that `micado render` made.
 * All that comes after that is the machine's own doing. Each test goes on where the one before it ended.
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { z } from 'zod';
import { WORKER_INFRA, WORKER_NODE } from '../../deploy/core/cloud/occopus-descriptors.ts';
import { POOL_NODE_LABEL, POOL_VM_NODE_LABEL } from '../../internal/contract/labels.ts';
import { DEFAULT_PORT } from '../../internal/contract/ports.ts';
import { systemClock } from '../../internal/daemon/clock.ts';
import { packageVersion } from '../../internal/daemon/program.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { loadBusybox } from '../cluster/images.ts';
import { listNodes, listWantedTasks, type NodeView } from '../cluster/story/swarm-view.ts';
import { eventually } from '../eventually.ts';
import type { OccopusInfrastructure } from '../fakes/occopus-infrastructure.ts';
import { startOccopusServer } from '../fakes/occopus-server.ts';
import { deployStack, dockerFile } from '../real/docker/deployment.ts';
import { buildImages, imageTag, loadBases } from '../real/support/micado-images.ts';
import { queryPrometheus, type Sample } from '../real/support/prometheus-queries.ts';
import { type Stack, startStack } from '../real/support/stack.ts';
import { type Guest, startGuest } from './guest.ts';
import { createGuestHypervisor, type GuestHypervisor } from './guest-hypervisor.ts';
import { guestImage } from './guest-image.ts';
import { labelNodes, METADATA_ADDRESS, serveMetadata } from './master.ts';
import { type Release, serveRelease } from './release.ts';
import { renderCloud } from './rendered-cloud.ts';

const ON_POOL = `node.labels.${POOL_NODE_LABEL}==${WORKER_NODE}`;
/** The stack of workers.stack.yaml, as the master names it. */
const EXPORTERS = 'micado-workers';
const HOST_NUMBER = 100;
/** It boots, and then fetches and loads the release. */
const JOINED_WITHIN_MS = 480_000;

const opened: AsyncDisposable[] = [];
let cluster: Cluster;
let images: { readonly busybox: string; readonly exporter: string };
let release: Release;
let hypervisor: GuestHypervisor;
let infrastructure: OccopusInfrastructure;
let stack: Stack;
let vm: { readonly id: string; readonly guest: Guest };

const use = <T extends AsyncDisposable>(one: T): T => {
  opened.push(one);
  return one;
};

beforeAll(async () => {
  await guestImage();
  const folder = await mkdtemp(join(tmpdir(), 'micado-worker-'));
  use({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
  cluster = use(await startCluster({ workers: 0 }));
  const { manager } = cluster;
  images = {
    busybox: await loadBusybox(manager),
    exporter: imageTag('exporter', packageVersion()),
  };
  await loadBases(manager);
  await buildImages(manager, packageVersion());
  release = use(await serveRelease(manager, Object.values(images)));
  const cloud = await renderCloud(join(folder, 'cloud'), {
    masterAddress: manager.address,
    joinToken: await workerToken(manager.docker),
    release,
  });
  use(await labelNodes(manager));
  await serveMetadata(manager);
  await deployStack(manager, EXPORTERS, [dockerFile('workers.stack.yaml')], {});
  hypervisor = createGuestHypervisor(async (id) =>
    startGuest(cluster.segment, {
      name: 'vm1',
      hostNumber: HOST_NUMBER,
      cpus: 2,
      memoryMb: 768,
      userData: await cloud.userData(id),
      // A cloud with an authority of its own makes it known to its VMs.
      vendorData: `#cloud-config\n${JSON.stringify({ ca_certs: { trusted: [release.authority] } })}\n`,
      routes: [{ to: METADATA_ADDRESS, via: manager.address }],
    }),
  );
  const occopus = use(
    await startOccopusServer({ version: '1.10', clock: systemClock, hypervisor, passMs: 1_000 }),
  );
  const stateDir = join(folder, 'state');
  await mkdir(stateDir);
  await copyFile(cloud.policyFile, join(stateDir, 'policy.yaml'));
  stack = use(await startStack(manager, { stateDir, flags: [`--occopus.url=${occopus.url}`] }));
  infrastructure = occopus.addInfrastructure(WORKER_INFRA, cloud.nodes);
  infrastructure.attach();
  [vm] = await eventually('Occopus has switched a VM on', () => {
    const vms = hypervisor.vms();
    return vms.length === 1 && (vms as [(typeof vms)[number]]);
  });
}, 400_000);
afterAll(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
}, 120_000);

const tokenAnswer = z.object({ JoinTokens: z.object({ Worker: z.string() }) });
const workerToken = async (docker: Docker): Promise<string> =>
  tokenAnswer.parse(await docker.swarmInspect()).JoinTokens.Worker;

const worker = async (): Promise<NodeView | undefined> =>
  (await listNodes(cluster.manager.docker)).find(({ role }) => role === 'worker');

const query = (expression: string): Promise<readonly Sample[]> =>
  queryPrometheus(stack.url.prometheus, expression);

const exitAnswer = z.array(
  z.object({
    Status: z.object({
      State: z.string(),
      ContainerStatus: z.object({ ExitCode: z.number() }).optional(),
    }),
  }),
);

/** The exit code of a script that a task on the worker runs once. */
async function exitCodeOnWorker(
  name: string,
  script: string,
  {
    networks = [],
    mounts = [],
  }: { readonly networks?: readonly string[]; readonly mounts?: readonly object[] } = {},
): Promise<number> {
  const { docker } = cluster.manager;
  await docker.createService({
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: images.busybox, Command: ['sh', '-c', script], Mounts: mounts },
      Placement: { Constraints: [ON_POOL] },
      RestartPolicy: { Condition: 'none' },
      Networks: networks.map((Target) => ({ Target })),
    },
  } as Docker.CreateServiceOptions);
  return await vm.guest.reaches(`${name} has ended`, async () => {
    const filters = JSON.stringify({ service: [name] });
    const [task] = exitAnswer.parse(await docker.listTasks({ filters } as object));
    const { State: state = '', ContainerStatus: container } = task?.Status ?? {};
    return ['complete', 'failed'].includes(state) ? container?.ExitCode : undefined;
  });
}

describe('a virtual machine that boots with the rendered user data', () => {
  test('joins the Swarm by itself, as a worker of its pool and by its id in the cloud', async () => {
    const node = await vm.guest.reaches(
      'the node is ready and labelled',
      async () => {
        const found = await worker();
        return found?.isReady === true && POOL_VM_NODE_LABEL in found.labels && found;
      },
      JOINED_WITHIN_MS,
    );
    expect(node).toMatchObject({ address: vm.guest.address, availability: 'active' });
    expect(node.labels).toEqual({ [POOL_NODE_LABEL]: WORKER_NODE, [POOL_VM_NODE_LABEL]: vm.id });
    expect(await listNodes(cluster.manager.docker)).toHaveLength(2);
    expect(release.fetches()).toBe(1);
    const said = await vm.guest.console();
    expect(said).toMatch(/curl: .*503[\s\S]*micado-join: joined /);
  });

  test('runs the exporter, which Prometheus finds and reads', async () => {
    const instance = `${vm.guest.address}:${DEFAULT_PORT.exporter}`;
    await vm.guest.reaches('its exporter is up', async () => {
      const [up] = await query(`up{job="exporter",instance="${instance}"}`);
      return up?.value === 1;
    });
    const [cores] = await query(`machine_cpu_cores{instance="${instance}"}`);
    expect(cores?.value).toBe(2);
    // The engine may tell of it only after the first scrape.
    const exporter = await vm.guest.reaches('the exporter shows its own container', async () => {
      const [own] = await query(
        `container_memory_rss{instance="${instance}",name=~"${EXPORTERS}_exporter[.].+"}`,
      );
      return own;
    });
    expect(exporter.labels['id']).toMatch(/^\/system\.slice\/docker-[0-9a-f]{64}\.scope$/);
    expect(exporter.value).toBeGreaterThan(10e6);
  });

  test('leaves the exporter no right: it is a user of its own, without capabilities', async () => {
    const CONFINED = 10;
    const script = [
      'for one in /host/proc/[0-9]*; do',
      "  busybox tr '\\0' ' ' < $one/cmdline | busybox grep -q '^node .*micado-exporter' || continue",
      "  [ $(busybox grep -Ec '^(Uid:(.65532){4}|Cap(Prm|Eff):.0+)$' $one/status) = 3 ]",
      `  exit $((${CONFINED} + $?))`,
      'done',
    ].join('\n');
    const mounts = [{ Type: 'bind', Source: '/proc', Target: '/host/proc', ReadOnly: true }];
    expect(await exitCodeOnWorker('watchman', script, { mounts })).toBe(CONFINED);
  });

  test('takes a task, whose figures reach Prometheus', async () => {
    await cluster.manager.docker.createService({
      Name: 'web',
      TaskTemplate: {
        ContainerSpec: { Image: images.busybox },
        Placement: { Constraints: [ON_POOL] },
        Resources: { Limits: { MemoryBytes: 64 * 1024 * 1024 } },
      },
    } as Docker.CreateServiceOptions);
    const node = await worker();
    await vm.guest.reaches('the task runs', async () =>
      (await listWantedTasks(cluster.manager.docker)).some(
        ({ service, nodeId, state }) => service === 'web' && nodeId === node?.id && state === 'running',
      ),
    );
    const ofTask = 'container_spec_memory_limit_bytes{container_label_com_docker_swarm_service_name="web"}';
    const [limit] = await vm.guest.reaches('its figures', async () => {
      const found = await query(ofTask);
      return found.length === 1 && found;
    });
    expect(limit?.value).toBe(64 * 1024 * 1024);
    expect(limit?.labels).toMatchObject({ container_label_com_docker_swarm_node_id: node?.id });
  });

  test('keeps containers from the cloud’s metadata, which it can read itself', async () => {
    const NO_NETWORK = 30;
    const READ = 10;
    const REFUSED = 20;
    // Debian's busybox crashes over a time limit of wget's own.
    const get = 'busybox timeout 5 wget -q -O /dev/null';
    const script = [
      `${get} http://${vm.guest.address}:${DEFAULT_PORT.exporter}/-/healthy || exit ${NO_NETWORK}`,
      `${get} http://${METADATA_ADDRESS}/user-data && exit ${READ}`,
      `exit ${REFUSED}`,
    ].join('\n');
    expect(await exitCodeOnWorker('in-machine', script, { networks: ['host'] })).toBe(READ);
    expect(await exitCodeOnWorker('in-container', script)).toBe(REFUSED);
  });

  test('is down for the Swarm and gone from Prometheus’ targets when it is switched off', async () => {
    infrastructure.detach();
    await vm.guest.powerOff();
    await eventually('the node is down', async () => (await worker())?.isReady === false, {
      withinMs: 60_000,
    });
    await eventually(
      'Prometheus asks it no longer',
      async () => (await query(`up{instance=~"${vm.guest.address}:.+"}`)).length === 0,
      { withinMs: 60_000 },
    );
  });
});
