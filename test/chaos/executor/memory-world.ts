/**
 * The world around executors, in memory: a Swarm with a pool of workers, its cloud, what Prometheus and Alertmanager say,
 * the journal and the pauses. It outlives every executor, and keeps a history of what became of it.
 */
import { KEPT_IN_MEMORY } from '../../../executor/adapters/memory-decision-journal.ts';
import { createMemoryPauseStore } from '../../../executor/adapters/memory-pause-store.ts';
import { type JournalEntry, numberRecord } from '../../../executor/core/journal-entry.ts';
import { STATE_LABEL, STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { createAlertingState } from '../../fakes/alerting-state.ts';
import { createCloudWorkers } from '../../fakes/cloud-workers.ts';
import { createDockerEngineState, replicasOf } from '../../fakes/docker-engine-state.ts';
import { createMemoryNodeProvider } from '../../fakes/memory-node-provider.ts';
import { scheduleTasks, tasksOn } from '../../fakes/swarm-scheduler.ts';
import { createFaultLine } from './faults.ts';

export const POOL = { infraId: 'infra', node: 'worker' } as const;
const START_MS = Date.parse('2026-01-01T12:00:00Z');

export type MemoryWorld = ReturnType<typeof createMemoryWorld>;

export function createMemoryWorld() {
  let nowMs = START_MS;
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  const swarm = createDockerEngineState({ startTasks: 'by_hand', nowMs: () => nowMs });
  const cloud = createMemoryNodeProvider();
  const workers = createCloudWorkers(swarm, cloud, POOL);
  const prometheus = createAlertingState();
  const pauses = createMemoryPauseStore();
  const journal: JournalEntry[] = [];
  const history: string[] = [];

  /** What an operator would see, without times. */
  const look = async (): Promise<string> => {
    const services = [...swarm.services.values()].map(({ Spec }) => {
      const moving = Spec.Labels?.[STATE_LABEL.moving] === undefined ? '' : ' moving';
      return `${Spec.Name} ${replicasOf(Spec)}${moving}`;
    });
    const nodes = workers.list().map(({ Description, Spec, Status }) => {
      const mark = Spec.Labels[STATE_NODE_LABEL.drain]?.split(';')[0] ?? '';
      return `${Description.Hostname} ${Status.State} ${Spec.Availability} ${mark}`.trim();
    });
    const wanted = cloud.pool(POOL).target;
    const { all, targets } = await pauses.load();
    const paused = [...(all === undefined ? [] : ['all']), ...Object.keys(targets)].map(
      (key) => `${key} paused`,
    );
    return [...services, ...nodes, `${wanted} VMs wanted`, ...paused].join(', ');
  };

  let isCloudStuck = false;
  swarm.addNode({ hostname: 'manager', role: 'manager', availability: 'drain' });
  cloud.addPool(POOL, { target: 0 });
  return {
    swarm,
    cloud,
    workers,
    prometheus,
    pauses,
    /** As many as an executor would read back at its start. */
    journal: {
      entries: (): readonly JournalEntry[] => journal.slice(-KEPT_IN_MEMORY),
      write: (entry: Parameters<typeof numberRecord>[0]): JournalEntry => {
        const numbered = numberRecord(entry, journal.at(-1)?.id ?? 0);
        journal.push(numbered);
        return numbered;
      },
    },
    faults: createFaultLine(pass),
    clock: { now: () => nowMs, sleep: async () => {} },
    pass,
    /** Its provider starts and stops nothing. */
    get isCloudStuck() {
      return isCloudStuck;
    },
    set isCloudStuck(isStuck: boolean) {
      isCloudStuck = isStuck;
    },
    look,
    history: (): readonly string[] => history,
    /** One round of everything that is not the executor: VMs come and go, tasks are placed, nodes measured. */
    tick(): void {
      if (!isCloudStuck) cloud.pass(POOL);
      workers.joinAndLeave();
      scheduleTasks(swarm);
      prometheus.setWorkers(
        workers
          .list()
          .filter(({ Status }) => Status.State === 'ready')
          .map((node) => ({
            pool: POOL.node,
            node: node.Description.Hostname,
            busy: tasksOn(swarm, node).length / 10,
          })),
      );
    },
    /** Notes what has become of the world since the last time. */
    async note(): Promise<void> {
      const seen = await look();
      if (history.at(-1) !== seen) history.push(seen);
    },
  };
}
