/** What the policy file says, in the form that decisions use. */
import type { GivenSettings } from './settings.ts';

export type PoolDirection = {
  readonly threshold: number;
  readonly forMs: number;
  readonly step: string;
  readonly cooldownMs: number;
};

export type WorkerPool = {
  readonly name: string;
  readonly infra: string;
  readonly min: number;
  readonly max: number;
  readonly up: PoolDirection;
  readonly down: PoolDirection;
};

export type Policy = {
  readonly defaults: GivenSettings;
  readonly services: ReadonlyMap<string, GivenSettings>;
  readonly queries: ReadonlyMap<string, string>;
  readonly workers: readonly WorkerPool[];
};

export const EMPTY_POLICY: Policy = {
  defaults: {},
  services: new Map(),
  queries: new Map(),
  workers: [],
};
