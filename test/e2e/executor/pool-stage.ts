/** A stage with a pool of workers: a cloud whose VMs join the Swarm, a Swarm that places tasks, measurements of both. */
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { eventually } from '../../eventually.ts';
import { createCloudWorkers } from '../../fakes/cloud-workers.ts';
import type { EngineNode, EngineServiceSpec } from '../../fakes/docker-engine-objects.ts';
import { createMemoryNodeProvider, type MemoryNodeProvider } from '../../fakes/memory-node-provider.ts';
import { scheduleTasks, tasksOn } from '../../fakes/swarm-scheduler.ts';
import { poolAlertLabels, type RunningExecutor, type Stage, setStage } from './start-executor.ts';

export const POOL = { infraId: 'micado_worker_infra', node: 'worker' } as const;
export const POOL_KEY = `VM/${POOL.infraId}/${POOL.node}`;
const LONG_AGO = '2020-01-01T00:00:00Z';

type Texts = Readonly<Record<string, string>>;

export type PoolStage = AsyncDisposable & {
  readonly stage: Stage;
  readonly cloud: MemoryNodeProvider;
  /** VMs with these ids boot, but never join. */
  readonly neverJoin: Set<string>;
  /** Both rules, with these annotations over the usual ones. */
  setRules(annotations?: Texts): void;
  /** Beside them, those of another infrastructure with a pool of the same name. */
  addRulesOf(infraId: string): void;
  fire(alert: 'overloaded' | 'underloaded' | undefined, value?: number): void;
  createService(name: string, replicas: number, reserved?: { cores?: number; memoryBytes?: number }): void;
  /** One round of everything that is not the executor: VMs come, join and go, tasks are placed, nodes measured. */
  tick(): void;
  start(...flags: readonly string[]): Promise<RunningExecutor>;
  /** Ticks until it holds. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  workers(): readonly EngineNode[];
  marks(): readonly string[];
  reasons(executor: RunningExecutor): Promise<readonly string[]>;
};

const ruleLabels = (alert: string): Texts => poolAlertLabels(POOL, alert);

export async function setPoolStage(vms: number, rules: Texts = {}): Promise<PoolStage> {
  const cloud = createMemoryNodeProvider();
  const stage = await setStage({ startTasks: 'by_hand', nodeProvider: cloud });
  const { state } = stage.docker;
  const { neverJoin, list: workers, joinAndLeave } = createCloudWorkers(state, cloud, POOL, LONG_AGO);
  let annotations: Texts = {};

  const rulesOf = (infraId: string) =>
    ['overloaded', 'underloaded'].map((alert) => ({
      labels: { ...ruleLabels(alert), infra_id: infraId },
      annotations,
    }));
  const measure = (): void =>
    stage.prometheus.setWorkers(
      workers()
        .filter(({ Status }) => Status.State === 'ready')
        .map((node) => ({
          pool: POOL.node,
          node: node.Description.Hostname,
          busy: tasksOn(state, node).length / 10,
        })),
    );
  const pool: PoolStage = {
    stage,
    cloud,
    neverJoin,
    workers,
    setRules(changed = {}) {
      annotations = { min: '1', max: '4', step: '1', cooldown: '0s', scaleup: '60', ...rules, ...changed };
      stage.prometheus.setRules(rulesOf(POOL.infraId));
    },
    addRulesOf: (infraId) => stage.prometheus.setRules([...rulesOf(POOL.infraId), ...rulesOf(infraId)]),
    fire(alert, value = alert === 'underloaded' ? 5 : 95) {
      stage.prometheus.setAlerts(
        alert === undefined ? [] : [{ labels: ruleLabels(alert), annotations, value: String(value) }],
      );
    },
    createService(name, replicas, { cores = 0, memoryBytes = 0 } = {}) {
      const template: EngineServiceSpec['TaskTemplate'] = {
        ContainerSpec: { Image: 'stress:1' },
        Resources: { Reservations: { NanoCPUs: cores * 1e9, MemoryBytes: memoryBytes } },
      };
      state.createService({ name, replicas, spec: { TaskTemplate: template } });
    },
    tick() {
      cloud.pass(POOL);
      joinAndLeave();
      scheduleTasks(state);
      measure();
    },
    start: (...flags) =>
      stage.startExecutor(
        '--poll.interval=500ms',
        '--worker.poll=20ms',
        '--worker.grace=0s',
        '--worker.stale-after=0s',
        ...flags,
      ),
    until: async (what, holds) => {
      await eventually(what, async () => {
        pool.tick();
        return await holds();
      });
    },
    marks: () => workers().flatMap(({ Spec }) => Spec.Labels[STATE_NODE_LABEL.drain]?.split(';')[0] ?? []),
    reasons: async (executor) =>
      (await executor.decisions(POOL_KEY))
        .filter(({ kind }) => kind === 'scale' || kind === 'step')
        .map((one) => one.reason),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
  state.addNode({ hostname: 'manager', role: 'manager', availability: 'drain', address: '10.0.9.1' });
  cloud.addPool(POOL, { target: vms });
  pool.setRules();
  pool.tick();
  return pool;
}
