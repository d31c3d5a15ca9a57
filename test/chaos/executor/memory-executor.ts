/** An executor's control loop on a world in memory, through its real adapters where they speak to Docker and Prometheus. */
import { createHttpAlertReader } from '../../../executor/adapters/http-alert-reader.ts';
import { createHttpLoadReader } from '../../../executor/adapters/http-load-reader.ts';
import { createHttpRuleReader } from '../../../executor/adapters/http-rule-reader.ts';
import { createMemoryJournal } from '../../../executor/adapters/memory-decision-journal.ts';
import type { PrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { createRememberedSuppressions } from '../../../executor/adapters/remembered-suppressions.ts';
import { createRulePoolRegistry } from '../../../executor/adapters/rule-pool-registry.ts';
import { createSwarmScalingTarget } from '../../../executor/adapters/swarm-scaling-target.ts';
import { createSwarmWorkers } from '../../../executor/adapters/swarm-workers.ts';
import { createDecisionLog } from '../../../executor/decision-log.ts';
import { createPauseSwitch, type PauseSwitch } from '../../../executor/pauses.ts';
import { createPoll } from '../../../executor/poll.ts';
import { createPoolBoard } from '../../../executor/pool-board.ts';
import { createPoolKeys } from '../../../executor/pool-keys.ts';
import { createPoolMemory } from '../../../executor/pool-memory.ts';
import type { DecisionJournal, NodeProvider, ScalingTarget, WorkerSwarm } from '../../../executor/ports.ts';
import { createReconcile } from '../../../executor/reconcile.ts';
import { createReconcilePool } from '../../../executor/reconcile-pool.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createDirectDocker } from '../../fakes/direct-docker.ts';
import { answerDockerCall } from '../../fakes/docker-engine-server.ts';
import { LIMITS } from '../../unit/executor/builders.ts';
import { POOL_LIMITS } from '../../unit/executor/pool-builders.ts';
import { type CrashWatch, withCrashPoints } from './crash-points.ts';
import type { MemoryWorld } from './memory-world.ts';

export type MemoryExecutor = {
  readonly pauses: PauseSwitch;
  /** A poll, then one look at each target that it woke or that wanted to be looked at again. */
  turn(): Promise<void>;
};

export async function startMemoryExecutor(world: MemoryWorld, watch: CrashWatch): Promise<MemoryExecutor> {
  const { clock } = world;
  const journal = openJournal(world, watch);
  const log = createDecisionLog({
    journal,
    clock,
    logger: silentLogger,
    onDecision: () => {},
    onOutsideChange: () => {},
  });
  const pauses = await createPauseSwitch(withCrashPoints('PauseStore', world.pauses, watch), clock);
  const { services, swarm } = openDocker(world, watch);
  const ask = openPrometheus(world);
  const [alerts, registry, load] = [
    createHttpAlertReader(ask),
    createRulePoolRegistry(createHttpRuleReader(ask)),
    createHttpLoadReader(ask),
  ];
  const suppressions = createRememberedSuppressions(openAlertmanager(world));
  const provider = openProvider(world, watch);
  const metrics = { acted: () => {}, poolActed: () => {}, conflicted: () => {} };
  const common = { log, metrics, clock, logger: silentLogger };
  const memory = createPoolMemory();
  const look = createReconcile({
    ...common,
    reader: { alerts, suppressions, services, pauses },
    limits: LIMITS,
    reconcilePool: createReconcilePool({
      ...common,
      reader: { alerts, suppressions, registry, load, swarm, provider, pauses, memory },
      limits: { ...POOL_LIMITS, graceMs: 0 },
      pollMs: 1_000,
      board: createPoolBoard(silentLogger),
    }),
  });
  const woken = new Set<string>();
  const poll = createPoll({
    alerts,
    suppressions,
    services,
    clock,
    log,
    intervalMs: 1_000,
    health: { problems: () => [] },
    poolKeys: createPoolKeys(registry, swarm),
    wake: (key) => void woken.add(key),
    onPolled: () => {},
  });
  return {
    pauses,
    async turn() {
      await poll.once();
      const keys = [...woken];
      woken.clear();
      for (const key of keys) if (await wantsAnother(look, key)) woken.add(key);
    },
  };
}

/** As the queue does it: what failed is looked at again. */
async function wantsAnother(look: ReturnType<typeof createReconcile>, key: string): Promise<boolean> {
  try {
    return (await look(key, new AbortController().signal)).againAfterMs !== undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return true;
  }
}

function openJournal(world: MemoryWorld, watch: CrashWatch): DecisionJournal {
  const memory = createMemoryJournal(world.journal.entries());
  const journal: DecisionJournal = {
    ...memory,
    async append(record) {
      world.journal.write(record);
      return await memory.append(record);
    },
  };
  return withCrashPoints('DecisionJournal', journal, watch);
}

const NO_LEADER = 'rpc error: code = Unknown desc = The swarm does not have a leader.';
const NOT_DOCKER: readonly unknown[] = ['<html></html>', {}, [{}], null, 'OK'];

function openDocker(world: MemoryWorld, watch: CrashWatch) {
  const docker = createDirectDocker((call) =>
    world.faults.call('docker', {
      reach: async () => answerDockerCall(world.swarm, call),
      corrupt: (turn) => ({ status: 200, json: NOT_DOCKER[turn % NOT_DOCKER.length] }),
      error: () => ({ status: 503, json: { message: NO_LEADER } }),
    }),
  );
  const target = createSwarmScalingTarget(docker);
  const workers = createSwarmWorkers(docker);
  const services: ScalingTarget = {
    ...target,
    async read(name) {
      const reading = await target.read(name);
      return reading && withCrashPoints('ServiceReading', reading, watch);
    },
  };
  const swarm: WorkerSwarm = {
    ...workers,
    read: async () => withCrashPoints('WorkerSwarmReading', await workers.read(), watch),
  };
  return { services, swarm };
}

const NOT_PROMETHEUS: readonly unknown[] = [
  '<html></html>',
  {},
  { status: 'success', data: {} },
  { status: 'success', data: { alerts: [{}], groups: [{ rules: 1 }], result: [{}] } },
];

function openPrometheus({ prometheus, faults }: MemoryWorld): PrometheusAsker {
  return async (address, parse) => {
    const { pathname, searchParams } = new URL(address, 'http://prometheus');
    const json = await faults.call<unknown>('prometheus', {
      reach: async () => ({
        status: 'success',
        data: prometheus.dataOf(pathname, searchParams.get('query') ?? ''),
      }),
      corrupt: (turn) => NOT_PROMETHEUS[turn % NOT_PROMETHEUS.length],
      error: () => ({ status: 'error', errorType: 'internal', error: 'TSDB not ready' }),
    });
    const answer = parse(json);
    if (answer !== undefined) return answer;
    throw new AppError('unavailable', 'the answer is not Prometheus’');
  };
}

/** As its adapter fails: what it cannot read is unavailable. */
const fail = (problem: string): never => {
  throw new AppError('unavailable', problem);
};

const openAlertmanager = ({ faults }: MemoryWorld) => ({
  read: () =>
    faults.call('alertmanager', {
      reach: async () => ({ listed: [], silences: [] }),
      corrupt: () => fail('the answer is not Alertmanager’s'),
      error: () => fail('HTTP 500'),
    }),
});

function openProvider({ cloud, faults }: MemoryWorld, watch: CrashWatch): NodeProvider {
  const call = <T>(reach: () => Promise<T>): Promise<T> =>
    faults.call('provider', {
      reach,
      corrupt: () => fail('the answer is no report'),
      error: () => fail('HTTP 500'),
    });
  const provider: NodeProvider = {
    name: cloud.name,
    read: (pool) => call(() => cloud.read(pool)),
    scaleTo: (pool, count, seen) => call(() => cloud.scaleTo(pool, count, seen)),
    remove: (pool, vmId, seen) => call(() => cloud.remove(pool, vmId, seen)),
    maintain: (pool, stuck) => call(() => cloud.maintain(pool, stuck)),
  };
  return withCrashPoints('NodeProvider', provider, watch);
}
