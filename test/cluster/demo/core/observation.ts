/** What the cluster demo sees at one moment. A part that could not be asked is undefined: no data is not zero. */

export type ClusterObservation = {
  readonly atMs: number;
  /** What the cloud reports of the pool. */
  readonly cloud: CloudView | undefined;
  /** The pool's nodes in the Swarm. */
  readonly workers: readonly SeenWorker[] | undefined;
  readonly service: SeenService | undefined;
  /** Running replicas of the served application. */
  readonly servedReplicas: number | undefined;
  readonly alerts: readonly SeenAlert[] | undefined;
  /** Of the pool and of the service under load, oldest first. */
  readonly decisions: readonly SeenDecision[] | undefined;
  readonly requests: { readonly sent: number; readonly lost: number };
};

export type CloudView = { readonly target: number; readonly vms: readonly { readonly state: string }[] };

export type SeenWorker = {
  readonly name: string;
  readonly isReady: boolean;
  readonly availability: 'active' | 'pause' | 'drain';
  /** The phase of its drain. */
  readonly drain: string | undefined;
  /** Prometheus scrapes its exporter. */
  readonly isScraped: boolean;
  /** Names of the services whose tasks run there, one each task. */
  readonly tasks: readonly string[];
};

/** A service that is not there has no replicas. */
export type SeenService = {
  readonly desired: number;
  readonly running: number;
  /** Tasks that no node has room for. */
  readonly pending: number;
};

export type SeenAlert = { readonly name: string; readonly state: 'pending' | 'firing' };

export type SeenDecision = {
  readonly atMs: number;
  readonly target: string;
  readonly kind: string;
  readonly reason: string;
  readonly detail: string;
};

/** The newer observation, with what it lacks taken from the older one. */
export function completeWith(older: ClusterObservation, newer: ClusterObservation): ClusterObservation {
  return {
    ...newer,
    cloud: newer.cloud ?? older.cloud,
    workers: newer.workers ?? older.workers,
    service: newer.service ?? older.service,
    servedReplicas: newer.servedReplicas ?? older.servedReplicas,
    alerts: newer.alerts ?? older.alerts,
    decisions: newer.decisions ?? older.decisions,
  };
}

export const nothingSeen = (atMs: number): ClusterObservation => ({
  atMs,
  cloud: undefined,
  workers: undefined,
  service: undefined,
  servedReplicas: undefined,
  alerts: undefined,
  decisions: undefined,
  requests: { sent: 0, lost: 0 },
});
