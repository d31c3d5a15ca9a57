/** What the executor needs from the world. Failures are `AppError`: unavailable, conflict, invalid, not_found. */
import type { DecisionRecord } from './core/decision-record.ts';
import type { JournalEntry } from './core/journal-entry.ts';
import type { ObservedAlert } from './core/observed-alert.ts';
import type { Scraped } from './core/overview/describe-parts.ts';
import type { ScalingRule } from './core/overview/scaling-rule.ts';
import type { DecisionPage, DecisionQuery } from './core/query-decisions.ts';
import type { ServiceStatus } from './core/service-status.ts';
import type { Suppressions } from './core/suppression.ts';
import type { Labels } from './core/target.ts';
import type { PoolId, PoolReport } from './core/workers/pool-report.ts';
import type { NodeLoad, ProviderName } from './core/workers/pool-world.ts';
import type { SwarmView, WorkerNode } from './core/workers/swarm-view.ts';

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
  /** The services that want their replicas kept. Fails where services cannot be read, such as on a worker's engine. */
  listKept(): Promise<readonly KeptService[]>;
};

export type ServiceLister = {
  /** Every service of the Swarm, for people to look at; nothing is decided on it. */
  list(): Promise<readonly ServiceStatus[]>;
};

export type KeptService = { readonly name: string; readonly labels: Labels };

export type ServiceReading = {
  readonly status: ServiceStatus;
  /**
   * Compare-and-swap on what was read: fails with `conflict` when the service changed since. Replicas and labels change in
   * one atomic call, all else stays as it is.
   */
  scale(change: ReplicaChange): Promise<void>;
};

export type ReplicaChange = { readonly replicas: number; readonly labels: Labels };

export type { PoolId, PoolReport, ProviderVm } from './core/workers/pool-report.ts';

/** Everything about workers that the Swarm knows and takes. */
export type WorkerSwarm = {
  read(): Promise<WorkerSwarmReading>;
  /** Only the nodes, which is much cheaper. */
  nodes(): Promise<readonly WorkerNode[]>;
};

export type WorkerSwarmReading = {
  readonly view: SwarmView;
  /** Each a compare-and-swap on what was read: fails with `conflict` when it changed since. */
  markNode(nodeId: string, change: NodeChange): Promise<void>;
  setReplicas(serviceId: string, change: MoveChange): Promise<void>;
  /** Also of a node that is down; one that is gone already is fine. */
  removeNode(nodeId: string): Promise<void>;
};

/** A label without a value is taken off. */
export type LabelChange = Readonly<Record<string, string | undefined>>;
export type NodeChange = { readonly availability: WorkerNode['availability']; readonly labels: LabelChange };
export type MoveChange = { readonly replicas: number; readonly labels: LabelChange };

export type PoolRule = { readonly labels: Labels; readonly annotations: Labels };

export type PoolRegistry = {
  /** The alerting rules of all pools, firing or not. */
  list(): Promise<readonly PoolRule[]>;
};

export type LoadReader = {
  /** Of each node that Prometheus scrapes as a worker of the pool. */
  read(pool: string): Promise<readonly NodeLoad[]>;
};

export type RuleReader = {
  /** All alerting rules, firing or not. */
  list(): Promise<readonly ScalingRule[]>;
};

export type TimeRange = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

/** When something that is scraped was last seen up, and last seen down; undefined: not in all that time. */
export type LastSeen = Pick<Scraped, 'job' | 'instance'> & {
  readonly upMs: number | undefined;
  readonly downMs: number | undefined;
};

export type SeriesReader = {
  /** The binaries that Prometheus scrapes, and whether each answers. */
  scraped(): Promise<readonly Scraped[]>;
  /** The same ones, looked back at over a day; to half a minute, and much dearer. */
  lastSeen(): Promise<readonly LastSeen[]>;
  /** Names of rule files that are not what was asked for. */
  quarantined(): Promise<readonly string[]>;
  /** Times in milliseconds with values, of the first series that the expression gives; a gap is left out. */
  range(expression: string, range: TimeRange): Promise<readonly (readonly [timeMs: number, value: number])[]>;
};

/** Who starts and stops the VMs of a pool. */
export type NodeProvider = {
  readonly name: ProviderName;
  /** Unknown infrastructure: not_found. Away or unintelligible: unavailable. */
  read(pool: PoolId): Promise<PoolReport>;
  /** Asks for exactly this many. `seen` is the report that the wish is based on. A lost answer is unavailable: the next read tells. Too soon: conflict. */
  scaleTo(pool: PoolId, count: number, seen: PoolReport): Promise<void>;
  /** Asks to stop exactly this VM; lowers the target by one. Not sent twice for one VM while it is in the report as stopping. */
  remove(pool: PoolId, vmId: string, seen: PoolReport): Promise<void>;
  /** Makes the provider look after the pool (again); `stuck`: by letting go of it first. */
  maintain(pool: PoolId, stuck: boolean): Promise<void>;
};

export type DecisionJournal = {
  /** Never fails: a record that cannot be stored is kept in memory, and `problem` says why. */
  append(record: DecisionRecord): Promise<JournalEntry>;
  /** The newest entries, oldest first, those from before a restart too. */
  recent(): readonly JournalEntry[];
  /** Also among those that are not in memory any more. Unavailable while too many search. */
  search(query: DecisionQuery): Promise<DecisionPage>;
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
