/** Between how many workers a pool may have: of the rule's, the provider's and the executor's bounds the narrower count. */
import { DEFAULT_BOUNDS, type ScalingAlert } from '../scaling-alert.ts';
import type { PoolReport } from './pool-report.ts';

export type PoolBounds = {
  readonly min: number;
  readonly max: number;
  /** Where the numbers come from, for people. */
  readonly rule: { readonly min: number; readonly max: number };
  readonly provider: { readonly min: number | null; readonly max: number | null };
  readonly maxWorkers: number;
  readonly differ: boolean;
};

export function poolBounds(
  rules: readonly ScalingAlert[],
  report: Pick<PoolReport, 'min' | 'max'> | undefined,
  maxWorkers: number,
): PoolBounds {
  const { min, max } = rules[0] ?? DEFAULT_BOUNDS;
  const widest = { min: report?.min ?? min, max: report?.max ?? max };
  const top = Math.min(max, widest.max, maxWorkers);
  return {
    // Of a minimum above the maximum the maximum holds: it is the one that costs nothing.
    min: Math.min(Math.max(min, widest.min), top),
    max: top,
    rule: { min, max },
    provider: { min: report?.min ?? null, max: report?.max ?? null },
    maxWorkers,
    differ: widest.min !== min || widest.max !== max,
  };
}
