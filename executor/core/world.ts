/** All that is known about one service at one moment, and the limits within which it is decided upon. */
import type { ObservedAlert } from './observed-alert.ts';
import type { ReplicaMemory } from './replica-memory.ts';
import type { ServiceStatus } from './service-status.ts';
import type { Suppressions } from './suppression.ts';
import type { Target } from './target.ts';

/** What a part of the stack said, or why it said nothing. No answer is never taken for an empty one. */
export type Known<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'away'; readonly problem: string };

export type World = {
  readonly target: Extract<Target, { kind: 'service' }>;
  /** The target's alerts, pending ones too. */
  readonly alerts: Known<readonly ObservedAlert[]>;
  readonly suppressions: Known<Suppressions>;
  readonly service: Known<ServiceStatus | undefined>;
  /** What the journal remembers of its replicas; undefined where it does not know the service. */
  readonly memory: ReplicaMemory | undefined;
  readonly pause: { readonly reason: string } | undefined;
};

export type Limits = {
  readonly maxReplicas: number;
  readonly startingDeadlineMs: number;
  /** Names and patterns; empty: all services. */
  readonly allowedServices: readonly string[];
  readonly dryRun: boolean;
};
