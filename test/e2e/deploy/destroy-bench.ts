/** A small world to destroy: a fake engine whose nodes are VMs of a fake Occopus, and an executor that can be paused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutorApi } from '../../../deploy/adapters/executor-api.ts';
import { createNoneVmProvider } from '../../../deploy/adapters/none-vm-provider.ts';
import { createOccopusVmProvider } from '../../../deploy/adapters/occopus-vm-provider.ts';
import { createSwarmWorkers } from '../../../deploy/adapters/swarm-workers.ts';
import { createTerminalReporter } from '../../../deploy/adapters/terminal-reporter.ts';
import { type DestroyOptions, runDestroy } from '../../../deploy/destroy.ts';
import type { VmProvider } from '../../../deploy/ports.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { createQuickClock } from '../../contract/deploy/quick-clock.ts';
import { eventually } from '../../eventually.ts';
import type { EngineNode } from '../../fakes/docker-engine-objects.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { startJsonServer } from '../../fakes/json-server.ts';
import { createMemoryHypervisor, type MemoryHypervisor } from '../../fakes/memory-hypervisor.ts';
import { type OccopusServer, startOccopusServer } from '../../fakes/occopus-server.ts';

export const INFRA = 'micado_worker_infra';
export const POOL = `VM/${INFRA}/worker`;

export type DestroyBench = AsyncDisposable & {
  readonly engine: DockerEngineServer;
  readonly occopus: OccopusServer;
  readonly cloud: MemoryHypervisor;
  /** Targets that are paused now. */
  readonly paused: ReadonlySet<string>;
  /** What each VM that was stopped still ran. */
  readonly tasksAtStop: readonly number[];
  nodeNamed(hostname: string): EngineNode | undefined;
  /** Whether nothing is left, and what was said. */
  destroy(options?: Partial<DestroyOptions>): Promise<{ readonly isOver: boolean; readonly said: string }>;
  /** The VM ends by another hand. */
  stopVm(hostname: string): void;
};

export type BenchOptions = {
  /** Pools that the executor knows beside its own. */
  readonly otherTargets?: readonly string[];
  /** Tasks stay on a drained node. */
  readonly tasksStay?: boolean;
  /** What it is to `destroy`: the VMs are Occopus' all the same, but with `none` nobody is asked for them. */
  readonly kind?: VmProvider['kind'];
  /** No rule names its pool. */
  readonly hasNoRules?: boolean;
};

export async function startDestroyBench(options: BenchOptions = {}): Promise<DestroyBench> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-destroy-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'secret\n');
  const engine = await startDockerEngineServer({ startTasks: 'by_hand' });
  engine.state.addNode({ hostname: 'm1', role: 'manager', labels: { 'micado.pool': 'worker' } });
  const { cloud, hypervisor, tasksAtStop } = createCloud(engine);
  const occopus = await startOccopusServer({ version: '1.10', clock: systemClock, hypervisor, passMs: 20 });
  occopus.addInfrastructure(INFRA, [{ name: 'worker', min: 2, max: 3 }]).attach();
  await eventually('both VMs are there', () => engine.state.nodes.size === 3);
  runTaskOnEachWorker(engine);
  if (options.tasksStay !== true) moveTasksOffDrainedNodes(engine);
  const executor = await startFakeExecutor([
    ...(options.hasNoRules === true ? [] : [POOL]),
    ...(options.otherTargets ?? []),
  ]);

  const nodeNamed = (hostname: string): EngineNode | undefined =>
    [...engine.state.nodes.values()].find(({ Description }) => Description.Hostname === hostname);
  return {
    engine,
    occopus,
    cloud,
    paused: executor.paused,
    tasksAtStop,
    nodeNamed,
    stopVm(hostname) {
      const id = nodeNamed(hostname)?.ID ?? '';
      engine.state.changeNode(id, (node) => ({ ...node, Status: { ...node.Status, State: 'down' } }));
    },
    async destroy(times = {}) {
      let said = '';
      const isOver = await runDestroy(
        { infra: INFRA, drainTimeoutMs: 30_000, goneTimeoutMs: 10_000, ...times },
        {
          provider:
            options.kind === 'none'
              ? createNoneVmProvider()
              : { ...createOccopusVmProvider(occopus.url), kind: options.kind ?? 'occopus' },
          swarm: createSwarmWorkers(createDockerClient(parseDockerHost(engine.address))),
          executor: createExecutorApi({ url: executor.url, tokenFile }),
        },
        {
          reporter: createTerminalReporter((text) => {
            said += text;
          }),
          clock: createQuickClock(20),
          signal: new AbortController().signal,
        },
      );
      return { isOver, said };
    },
    async [Symbol.asyncDispose]() {
      await occopus.stop();
      await engine[Symbol.asyncDispose]();
      await executor[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** VMs that join the Swarm when they boot, and are down when they stop. */
function createCloud({ state }: DockerEngineServer) {
  const cloud = createMemoryHypervisor(systemClock, 0);
  const nodeOf = new Map<string, string>();
  const tasksAtStop: number[] = [];
  const hypervisor = {
    ...cloud,
    async boot(vm: { readonly id: string; readonly node: string }) {
      const addresses = await cloud.boot(vm);
      const node = state.addNode({
        hostname: `w${nodeOf.size + 1}`,
        address: addresses[0] ?? '',
        labels: { 'micado.pool': vm.node, 'micado.vm': vm.id },
      });
      nodeOf.set(vm.id, node.ID);
      return addresses;
    },
    async destroy(id: string) {
      const nodeId = nodeOf.get(id) ?? '';
      tasksAtStop.push([...state.tasks.values()].flat().filter(({ NodeID }) => NodeID === nodeId).length);
      await cloud.destroy(id);
      state.changeNode(nodeId, (node) => ({ ...node, Status: { ...node.Status, State: 'down' } }));
    },
  };
  return { cloud, hypervisor, tasksAtStop };
}

function runTaskOnEachWorker({ state }: DockerEngineServer): void {
  const { ID } = state.createService({ name: 'web', replicas: 3 });
  state.setTasks(ID, { running: 3 });
}

/** As the scheduler does it; here there is always room on the manager. */
function moveTasksOffDrainedNodes({ state }: DockerEngineServer): void {
  const [managerId = ''] = state.nodes.keys();
  state.listen(({ type, id }) => {
    if (type !== 'node' || state.nodes.get(id)?.Spec.Availability !== 'drain') return;
    for (const [service, tasks] of state.tasks)
      state.tasks.set(
        service,
        tasks.map((task) => (task.NodeID === id ? { ...task, NodeID: managerId } : task)),
      );
  });
}

async function startFakeExecutor(targets: readonly string[]) {
  const paused = new Set<string>();
  const bodies: Promise<void>[] = [];
  const server = await startJsonServer((request, path) => {
    if (path === '/api/v1/targets')
      return { status: 200, json: { targets: targets.map((target) => ({ target })) } };
    if (request.headers.authorization !== 'Bearer secret') return { status: 401, json: {} };
    const change = path === '/api/v1/pause' ? 'add' : 'delete';
    bodies.push(readTarget(request).then((target) => void paused[change](target)));
    return { status: 200, json: {} };
  });
  return { ...server, paused };
}

async function readTarget(request: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return (JSON.parse(text) as { target: string }).target;
}
