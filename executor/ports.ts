/** What the executor needs from the world. Failures are `AppError`: unavailable, conflict, invalid, not_found. */
import type { DecisionRecord } from './core/decision-record.ts';
import type { ObservedAlert } from './core/observed-alert.ts';
import type { ServiceStatus } from './core/service-status.ts';
import type { Suppressions } from './core/suppression.ts';
import type { Labels } from './core/target.ts';

export type AlertReader = {
  /** All alerts, pending and firing, as they are at some moment after the call. */
  list(): Promise<readonly ObservedAlert[]>;
};

export type SuppressionReader = {
  /** Which alerts are suppressed, and the silences there are, at some moment after the call. */
  read(): Promise<Suppressions>;
};

export type ScalingTarget = {
  /** The service of exactly this name, or undefined. */
  read(name: string): Promise<ServiceReading | undefined>;
  /** Fails where services cannot be read, such as on a worker's engine. */
  check(): Promise<void>;
};

export type ServiceReading = {
  readonly status: ServiceStatus;
  /**
   * Compare-and-swap on what was read: fails with `conflict` when the service changed since. Replicas and labels change in
   * one atomic call, all else stays as it is.
   */
  scale(change: ReplicaChange): Promise<void>;
};

export type ReplicaChange = { readonly replicas: number; readonly labels: Labels };

export type DecisionJournal = {
  /** Never fails: a record that cannot be stored is kept in memory, and `problem` says why. */
  append(record: DecisionRecord): Promise<void>;
  /** The newest records, oldest first, those from before a restart too. */
  recent(): readonly DecisionRecord[];
  problem(): string | undefined;
};

export type Pause = { readonly reason: string; readonly since: string };
export type Pauses = {
  readonly all: Pause | undefined;
  /** By target key. */
  readonly targets: Readonly<Record<string, Pause>>;
};

export type PauseStore = {
  load(): Promise<Pauses>;
  save(pauses: Pauses): Promise<void>;
};
