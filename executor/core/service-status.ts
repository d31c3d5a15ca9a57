import type { Labels } from './target.ts';

/** A Swarm service as it is at one moment: what a decision looks at, and nothing more. */
export type ServiceStatus = {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly mode: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  /** Desired replicas; undefined unless the mode is `replicated`. */
  readonly replicas: number | undefined;
  readonly runningTasks: number;
  /** Tasks that wait because no node suits them. */
  readonly tasksWithoutNode: number;
  /** `updating`, `rollback_started`, `completed` …; undefined when there is none. */
  readonly updateState: string | undefined;
  /** So many tasks the nodes take at most; undefined where the service does not limit its replicas per node. */
  readonly byNodes: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Replicas and labels before the last update. */
  readonly previous: { readonly replicas: number | undefined; readonly labels: Labels } | undefined;
};
