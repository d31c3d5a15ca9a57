/** What is decided about a target, as data: made by `decideScaling` and `decidePool`, carried out elsewhere. */
import type { HoldReason, RejectReason, ScaleReason, StepReason } from './reasons.ts';
import type { Direction } from './scaling-alert.ts';
import type { PoolStep } from './workers/pool-step.ts';

/** A limit that changed a number, with the number as it was before. */
export type Clamp = {
  readonly wanted: number;
  readonly by: 'min' | 'max' | 'max_replicas' | 'max_per_node' | 'would_flap' | 'first_time' | 'max_workers';
};

export type ScaleDecision = {
  readonly kind: 'scale';
  readonly from: number;
  readonly to: number;
  readonly direction: Direction;
  readonly reason: ScaleReason;
  readonly clamps: readonly Clamp[];
  /** The alert that won, and when its expression became true; or the label that asks. */
  readonly alert: string;
  readonly alertActiveAtMs: number;
  /** Where more is to be said than that the alert asks for it. */
  readonly detail?: string;
};

/** One step on the way of a worker out of its pool, or to put a pool in order. */
export type StepDecision = {
  readonly kind: 'step';
  readonly reason: StepReason;
  readonly detail: string;
  readonly step: PoolStep;
};

export type HoldDecision = {
  readonly kind: 'hold';
  readonly reason: HoldReason;
  readonly detail: string;
  /** When time alone may change the verdict. */
  readonly untilMs?: number;
  /** What is not done because of a pause or a dry run. */
  readonly would?: ScaleDecision;
};

export type RejectDecision = {
  readonly kind: 'reject';
  readonly reason: RejectReason;
  readonly detail: string;
};

export type Decision = ScaleDecision | StepDecision | HoldDecision | RejectDecision;

export function hold(reason: HoldReason, detail: string, untilMs?: number): HoldDecision {
  return { kind: 'hold', reason, detail, ...(untilMs === undefined ? {} : { untilMs }) };
}

export function step(reason: StepReason, detail: string, toDo: PoolStep): StepDecision {
  return { kind: 'step', reason, detail, step: toDo };
}

export function reject(reason: RejectReason, detail: string): RejectDecision {
  return { kind: 'reject', reason, detail };
}

/** `up from 2 to 3` */
export const describeScale = ({ direction, from, to }: ScaleDecision): string =>
  `${direction} from ${from} to ${to}`;
