/** What the policy file says, in the form that decisions use. */
import { type Given, NOTHING_GIVEN } from './given.ts';
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
  readonly defaults: Given;
  readonly services: ReadonlyMap<string, Given>;
  readonly queries: ReadonlyMap<string, string>;
  readonly workers: readonly WorkerPool[];
  /** What the command line says in place of built-in values; below everything in the file. */
  readonly flags?: GivenSettings;
};

export const EMPTY_POLICY: Policy = {
  defaults: NOTHING_GIVEN,
  services: new Map(),
  queries: new Map(),
  workers: [],
};
