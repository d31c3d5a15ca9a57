/** The cloud of the test cluster, as the executor meets it: through the Occopus provider, Docker and the exporters. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createOccopusNodeProvider } from '../../../executor/adapters/occopus-node-provider.ts';
import type { NodeProvider, PoolReport, ProviderVm } from '../../../executor/ports.ts';
import { POOL_NODE_LABEL, POOL_VM_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { findSwarmService } from '../../../internal/docker/swarm-service.ts';
import { type Cloud, startCloud } from '../../cluster/cloud/cloud.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const nodesAnswer = z.array(
  z.object({
    Spec: z.object({ Labels: z.record(z.string(), z.string()), Role: z.string() }),
    Status: z.object({ State: z.string(), Addr: z.string() }),
  }),
);

const PATIENCE = { withinMs: 30_000, everyMs: 200 };

let cluster: Cluster;
let cloud: Cloud;
/** Stands a minute on at each look: requests are as far apart as the real Occopus needs them. */
const clock = createManualClock();
let provider: NodeProvider;
beforeAll(async () => {
  cluster = await startCluster({ workers: 0 });
  cloud = await startCloud({ cluster, cpuCores: 1, passMs: 300, attached: false });
  provider = createOccopusNodeProvider({ url: cloud.url, clock });
  await provider.maintain(cloud, false);
}, 60_000);
afterAll(async () => {
  await cloud?.stop();
  await cluster?.stop();
}, 60_000);

async function read(): Promise<PoolReport> {
  await clock.advance(60_000);
  return await provider.read(cloud);
}

const untilReady = (count: number): Promise<PoolReport> =>
  eventually(
    `${count} VMs are ready`,
    async () => {
      const report = await read();
      const ready = report.vms.filter(({ state }) => state === 'ready');
      return ready.length === count && report.vms.length === count && report;
    },
    PATIENCE,
  );

/** So many more passes of Occopus have ended. */
async function untilPasses(count: number): Promise<void> {
  const passes = (): number => cloud.occopus.infrastructure(cloud.infraId)?.passes() ?? 0;
  const start = passes();
  await eventually(`${count} passes have ended`, () => passes() >= start + count, PATIENCE);
}

const nodeOf = async ({ id }: Pick<ProviderVm, 'id'>) =>
  nodesAnswer
    .parse(await cluster.manager.docker.listNodes())
    .find(({ Spec }) => Spec.Labels[POOL_VM_NODE_LABEL] === id);

const untilJoined = (vm: ProviderVm) =>
  eventually(
    `the node of VM ${vm.id} is ready`,
    async () => {
      const node = await nodeOf(vm);
      return node?.Status.State === 'ready' && node;
    },
    PATIENCE,
  );

const untilDown = (vm: ProviderVm) =>
  eventually(
    `the node of VM ${vm.id} is down`,
    async () => (await nodeOf(vm))?.Status.State === 'down',
    PATIENCE,
  );

const metricsOf = ({ addresses }: ProviderVm) => ({
  url: `http://${addresses[0]}:9200/metrics`,
  timeoutMs: 3_000,
});

function first(report: PoolReport): ProviderVm {
  const vm = report.vms[0];
  if (vm === undefined) throw new Error('the pool has no VM');
  return vm;
}

describe('a VM of the cloud', () => {
  test('boots, joins the Swarm as a worker of its pool, is scraped at its address, and gets work', async () => {
    const vm = first(await untilReady(1));
    const node = await untilJoined(vm);
    expect(node).toMatchObject({
      Spec: { Role: 'worker', Labels: { [POOL_NODE_LABEL]: cloud.node } },
      Status: { Addr: vm.addresses[0] },
    });
    const { text } = await callHttp(metricsOf(vm));
    expect(text).toMatch(/^machine_cpu_cores(\{.*\})? 1$/m);

    await cluster.manager.docker.createService({
      Name: 'sleeper',
      TaskTemplate: {
        ContainerSpec: { Image: await loadBusybox(cluster.manager) },
        Networks: [{ Target: 'host' }],
        Placement: { Constraints: [`node.labels.${POOL_NODE_LABEL}==${cloud.node}`] },
        Resources: { Reservations: { NanoCPUs: 1_500_000_000 } },
      },
      Mode: { Replicated: { Replicas: 2 } },
    });
    const status = () => findSwarmService(cluster.manager.docker, 'sleeper');
    await eventually('one task runs', async () => (await status())?.runningTasks === 1, PATIENCE);
    await provider.scaleTo(cloud, 2, await read());
    await eventually('both run, on two VMs', async () => (await status())?.runningTasks === 2, PATIENCE);
  }, 60_000);

  test('is stopped when it is named, and no other', async () => {
    const before = await untilReady(2);
    const victim = first(before);
    await provider.remove(cloud, victim.id, before);
    expect((await untilReady(1)).vms.map(({ id }) => id)).toEqual([before.vms[1]?.id]);
    expect(cloud.vms().map(({ id }) => id)).toEqual([before.vms[1]?.id]);
    await expect(callHttp(metricsOf(victim))).rejects.toMatchObject({ code: 'unavailable' });
    await untilDown(victim);
  }, 60_000);

  test('is replaced when it vanishes', async () => {
    const vm = first(await untilReady(1));
    await cloud.vanish(vm.id);
    const healed = await eventually(
      'another VM is ready',
      async () => {
        const { vms } = await read();
        return vms.length === 1 && vms[0]?.id !== vm.id && vms[0]?.state === 'ready' && vms[0];
      },
      PATIENCE,
    );
    await untilJoined(healed);
    await untilDown(vm);
  }, 60_000);
});

describe('a boot', () => {
  test('that fails is tried again, and leaves nothing behind', async () => {
    cloud.failNextBoot();
    await provider.scaleTo(cloud, 2, await untilReady(1));
    const { vms } = await untilReady(2);
    expect(cloud.vms().map(({ id }) => id)).toEqual(vms.map(({ id }) => id));
    await Promise.all(vms.map(untilJoined));
  }, 60_000);

  test('beyond the quota waits until there is room in it', async () => {
    cloud.setQuota(2);
    await provider.scaleTo(cloud, 3, await untilReady(2));
    await untilPasses(3);
    expect(await read()).toMatchObject({ target: 3, vms: [{}, {}] });
    expect(cloud.vms()).toHaveLength(2);
    cloud.setQuota(3);
    await untilReady(3);
  }, 60_000);

  test('may be well, and its VM never join', async () => {
    const before = await untilReady(3);
    await provider.remove(cloud, first(before).id, before);
    await untilReady(2);
    cloud.neverJoin();
    await provider.scaleTo(cloud, 3, await read());
    const { vms } = await untilReady(3);
    const added = vms.find(({ id }) => !before.vms.some((one) => one.id === id));
    if (added === undefined) throw new Error('no VM was added');
    await untilPasses(6);
    expect(await nodeOf(added)).toBeUndefined();
    expect(cloud.problems()).toEqual([]);
  }, 60_000);
});

describe('Occopus 1.5', () => {
  test('gives up at a boot that fails, until it is told to let go and begin again', async () => {
    await using old = await startCloud({
      cluster,
      occopusVersion: '1.5',
      infraId: 'old',
      node: 'gpu',
      passMs: 300,
      attached: false,
    });
    const oldProvider = createOccopusNodeProvider({ url: old.url, clock });
    const isMaintained = (): boolean => old.occopus.infrastructure('old')?.isMaintained() === true;
    old.failNextBoot();
    await oldProvider.maintain(old, false);
    await eventually('the maintenance has died', () => !isMaintained(), PATIENCE);
    await oldProvider.maintain(old, false);
    expect(isMaintained()).toBe(false);
    await oldProvider.maintain(old, true);
    const vm = await eventually(
      'the VM is ready',
      async () => {
        await clock.advance(60_000);
        const { vms } = await oldProvider.read(old);
        return vms[0]?.state === 'ready' && vms[0];
      },
      PATIENCE,
    );
    expect((await untilJoined(vm)).Spec.Labels).toMatchObject({ [POOL_NODE_LABEL]: 'gpu' });
  }, 60_000);
});
