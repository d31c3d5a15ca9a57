/** Builders of pools with defaults: two calm workers, one of them a little busier, and nothing that waits. */
import type { ObservedAlert } from '../../../executor/core/observed-alert.ts';
import { readScalingAlert, type ScalingAlert } from '../../../executor/core/scaling-alert.ts';
import type { ProviderVm } from '../../../executor/core/workers/pool-report.ts';
import type { PoolLimits, PoolWorld } from '../../../executor/core/workers/pool-world.ts';
import type {
  SwarmView,
  TaskNeeds,
  WorkerNode,
  WorkerService,
  WorkerTask,
} from '../../../executor/core/workers/swarm-view.ts';
import { POOL_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { MINUTE_MS, NOW_MS } from './builders.ts';

export const GIB = 1024 ** 3;
export const NO_ROOM = 'no suitable node (insufficient resources on 2 nodes)';

export const POOL_LIMITS: PoolLimits = {
  maxWorkers: 20,
  bootDeadlineMs: 15 * MINUTE_MS,
  drainDeadlineMs: 10 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  staleAfterMs: 5 * MINUTE_MS,
  dryRun: false,
};

const TARGET = { kind: 'workers', key: 'VM/infra/worker', infraId: 'infra', node: 'worker' } as const;

export function aNode(name: string, options: Partial<WorkerNode> = {}): WorkerNode {
  return {
    id: `node-${name}`,
    hostname: name,
    address: `10.0.0.${name.replace(/\D/g, '')}`,
    role: 'worker',
    availability: 'active',
    state: 'ready',
    engineLabels: {},
    platform: { os: 'linux', architecture: 'x86_64' },
    nanoCpus: 2e9,
    memoryBytes: 4 * GIB,
    generic: {},
    createdAtMs: NOW_MS - 60 * MINUTE_MS,
    updatedAtMs: NOW_MS - 60 * MINUTE_MS,
    ...options,
    labels: { [POOL_NODE_LABEL]: 'worker', ...options.labels },
  };
}

export const aManager = (options: Partial<WorkerNode> = {}): WorkerNode => ({
  ...aNode('m9', { role: 'manager', ...options }),
  labels: {},
});

/** The VM of the worker of the same number: `w1` runs on `vm-1`. */
export const aVm = (number: number, state: ProviderVm['state'] = 'ready'): ProviderVm => ({
  id: `vm-${number}`,
  addresses: [`10.0.0.${number}`],
  state,
});

export function aPoolService(name: string, options: Partial<WorkerService> = {}): WorkerService {
  return {
    id: name,
    name,
    mode: 'replicated',
    replicas: 1,
    labels: {},
    updateState: undefined,
    hostPorts: [],
    ...options,
  };
}

export const NEEDS: TaskNeeds = {
  nanoCpus: 0,
  memoryBytes: 0,
  generic: {},
  constraints: [],
  platforms: [],
  maxPerNode: undefined,
  mountsVolume: false,
};

let counter = 0;

export function aTask(
  serviceId: string,
  node: WorkerNode | undefined,
  { needs = {}, ...options }: Partial<Omit<WorkerTask, 'needs'>> & { needs?: Partial<TaskNeeds> } = {},
): WorkerTask {
  counter += 1;
  return {
    id: `task-${counter}`,
    serviceId,
    nodeId: node?.id,
    state: node === undefined ? 'pending' : 'running',
    desiredState: 'running',
    error: node === undefined ? NO_ROOM : '',
    ...options,
    needs: { ...NEEDS, ...needs },
  };
}

export function aPoolAlert(
  alert: 'overloaded' | 'underloaded',
  annotations: Readonly<Record<string, string>> = {},
  value = alert === 'overloaded' ? 95 : 5,
): ObservedAlert {
  return {
    state: 'firing',
    value,
    activeAtMs: NOW_MS - 10_000,
    labels: { alertname: `worker_${alert}`, alert, type: 'VM', infra_id: 'infra', node: 'worker' },
    annotations: { min: '1', max: '4', step: '1', cooldown: '1m', scaleup: '60', ...annotations },
  };
}

export function poolRules(annotations: Readonly<Record<string, string>> = {}): readonly ScalingAlert[] {
  return (['overloaded', 'underloaded'] as const).flatMap((alert) => {
    const terms = readScalingAlert(aPoolAlert(alert, annotations));
    return terms === undefined ? [] : [terms];
  });
}

type PoolOptions = Partial<Omit<PoolWorld, 'swarm' | 'report' | 'alerts' | 'rules' | 'load'>> & {
  readonly nodes?: readonly WorkerNode[];
  readonly services?: readonly WorkerService[];
  readonly tasks?: readonly WorkerTask[];
  readonly vms?: readonly ProviderVm[];
  readonly asked?: number;
  readonly providerMin?: number;
  readonly providerMax?: number;
  readonly alerts?: readonly ObservedAlert[];
  /** Of both rules. */
  readonly bounds?: Readonly<Record<string, string>>;
};

/** Two workers, their VMs, and a manager that takes no tasks. */
export function aPool(options: PoolOptions = {}): PoolWorld {
  const workers = options.nodes ?? [aNode('w1'), aNode('w2')];
  const { services = [], tasks = [], vms = [aVm(1), aVm(2)], alerts = [], bounds = {} } = options;
  const nodes = [aManager({ availability: 'drain' }), ...workers];
  const view: SwarmView = { nodes, services, tasks };
  const { providerMin: min, providerMax: max, asked: target = vms.length } = options;
  return {
    target: TARGET,
    rules: { kind: 'known', value: poolRules(bounds) },
    rivals: options.rivals ?? [],
    alerts: { kind: 'known', value: alerts },
    suppressions: options.suppressions ?? { kind: 'known', value: { listed: [], silences: [] } },
    load: {
      kind: 'known',
      value: workers.map(({ hostname }, index) => ({ hostname, isScraped: true, busy: (index + 1) / 100 })),
    },
    swarm: { kind: 'known', value: view },
    providerName: options.providerName ?? 'occopus',
    report: { kind: 'known', value: { min, max, target, vms } },
    pause: options.pause,
    history: options.history ?? { lastScaleOutMs: undefined, lastChangeMs: undefined, bootFailuresMs: [] },
    waits: options.waits ?? { vmSinceMs: {}, unevenSinceMs: undefined },
  };
}
