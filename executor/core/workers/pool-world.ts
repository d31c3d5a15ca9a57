/** All that is known about one pool of workers at one moment, and the limits within which it is decided upon. */
import type { ObservedAlert } from '../observed-alert.ts';
import type { ScalingAlert } from '../scaling-alert.ts';
import type { Suppressions } from '../suppression.ts';
import type { Target } from '../target.ts';
import type { Known } from '../world.ts';
import type { PoolReport } from './pool-report.ts';
import type { SwarmView } from './swarm-view.ts';

export type ProviderName = 'occopus' | 'command' | 'none';

export type WorkersTarget = Extract<Target, { kind: 'workers' }>;

export type NodeLoad = {
  readonly hostname: string;
  /** Share of its cores that is busy, 0 to 1; undefined while not measured. */
  readonly busy: number | undefined;
  readonly isScraped: boolean;
};

/** What the journal tells of the pool. */
export type PoolHistory = {
  readonly lastScaleOutMs: number | undefined;
  readonly lastChangeMs: number | undefined;
  readonly bootFailuresMs: readonly number[];
};

/** Since when something is waited for, as far as this process has seen it. */
export type PoolWaits = {
  /** VMs that are not (yet) a Ready and scraped node. */
  readonly vmSinceMs: Readonly<Record<string, number>>;
  /** The provider has not as many VMs as it was asked for. */
  readonly unevenSinceMs: number | undefined;
};

export type PoolWorld = {
  readonly target: WorkersTarget;
  /** The pool's two rules, firing or not; empty: no rule names the pool. */
  readonly rules: Known<readonly ScalingAlert[]>;
  /** Other infrastructures that, by their rules, have a pool of this name: its nodes cannot be told apart. */
  readonly rivals: readonly string[];
  readonly alerts: Known<readonly ObservedAlert[]>;
  readonly suppressions: Known<Suppressions>;
  readonly load: Known<readonly NodeLoad[]>;
  readonly swarm: Known<SwarmView>;
  readonly providerName: ProviderName;
  /** Undefined: the provider has no such infrastructure. */
  readonly report: Known<PoolReport | undefined>;
  readonly pause: { readonly reason: string } | undefined;
  readonly history: PoolHistory;
  readonly waits: PoolWaits;
};

export type PoolLimits = {
  readonly maxWorkers: number;
  readonly bootDeadlineMs: number;
  readonly drainDeadlineMs: number;
  /** A worker younger than this is not stopped. */
  readonly graceMs: number;
  readonly staleAfterMs: number;
  readonly dryRun: boolean;
};
