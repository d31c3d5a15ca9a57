/** One Swarm service in memory, with what others do to it, as the executor's port shows it: compare-and-swap and all. */
import { stateLabels } from '../../executor/core/replica-history.ts';
import type { ServiceStatus } from '../../executor/core/service-status.ts';
import type { ScalingTarget } from '../../executor/ports.ts';
import { AppError } from '../../internal/daemon/app-error.ts';

type Change = Partial<Pick<ServiceStatus, 'replicas' | 'labels' | 'updateState'>>;

export type MemoryService = ScalingTarget & {
  status(): ServiceStatus;
  /** Any update: the spec as it was becomes the previous one. */
  update(change: Change): void;
  scaleByHand(replicas: number): void;
  /** `docker stack deploy`: the replicas and the labels of the file. */
  deploy(replicas: number): void;
  rollback(): void;
  recreate(replicas: number): void;
  setTasks(running: number, withoutNode: number): void;
  setUpdateState(state: string | undefined): void;
  /** What happens to the next change of replicas: somebody else is faster, its answer is lost, the process is killed. */
  spoilNext: 'conflict' | 'lost answer' | 'kill' | undefined;
  isAway: boolean;
};

/** The process ends between two instructions: nothing after it runs. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export function createMemoryService(fileLabels: ServiceStatus['labels'], now: () => number): MemoryService {
  let version = 1;
  let created = 1;
  let status = aService(1, fileLabels, created, now());

  const update = (change: Change): void => {
    version += 1;
    const { replicas, labels } = status;
    status = {
      ...status,
      updateState: undefined,
      ...change,
      updatedAtMs: now(),
      previous: { replicas, labels },
    };
  };
  const answer = (): void => {
    if (service.isAway) throw new AppError('unavailable', 'connection refused');
  };
  const service: MemoryService = {
    spoilNext: undefined,
    isAway: false,
    status: () => status,
    update,
    scaleByHand: (replicas) => update({ replicas }),
    deploy: (replicas) => update({ replicas, labels: fileLabels }),
    rollback() {
      if (status.previous === undefined) return;
      update({ ...status.previous, updateState: 'rollback_completed' });
    },
    recreate(replicas) {
      created += 1;
      version += 1;
      status = aService(replicas, fileLabels, created, now());
    },
    setTasks(running, withoutNode) {
      status = { ...status, runningTasks: running, tasksWithoutNode: withoutNode };
    },
    setUpdateState(updateState) {
      version += 1;
      status = { ...status, updateState };
    },
    async listKept() {
      answer();
      return [status];
    },
    async read() {
      answer();
      const [seen, seenVersion] = [status, version];
      return {
        status: seen,
        async scale({ replicas, labels }) {
          answer();
          const spoiled = service.spoilNext;
          service.spoilNext = undefined;
          if (spoiled === 'conflict') update({ labels: { ...status.labels, others: String(version) } });
          if (version !== seenVersion) throw new AppError('conflict', 'update out of sequence');
          update({ replicas, labels: { ...status.labels, ...labels } });
          if (spoiled === 'lost answer') throw new AppError('unavailable', 'socket hang up');
          if (spoiled === 'kill') throw new Killed();
        },
      };
    },
  };
  return service;
}

function aService(
  replicas: number,
  labels: ServiceStatus['labels'],
  created: number,
  nowMs: number,
): ServiceStatus {
  return {
    id: `service${created}`,
    name: 'web',
    labels,
    mode: 'replicated',
    replicas,
    runningTasks: replicas,
    tasksWithoutNode: 0,
    byNodes: undefined,
    updateState: undefined,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    previous: undefined,
  };
}

/** Of an executor on another manager, which shares nothing with this one but the Swarm. */
export const byAnotherExecutor = (service: MemoryService, replicas: number, nowMs: number): void =>
  service.update({
    replicas,
    labels: {
      ...service.status().labels,
      ...stateLabels(replicas, replicas > (service.status().replicas ?? 0) ? 'up' : 'down', nowMs),
    },
  });
