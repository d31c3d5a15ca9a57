/** What a bench finds out, and what it should have found. */
export type Figure = {
  /** In snake_case; the issue tracker, the documentation and CI know it by this name. */
  readonly name: string;
  readonly value: number;
  /** `ms`, `MB`, `%` …; empty for ratios and counts. */
  readonly unit: string;
  /** `<= 2`; empty for a figure that only informs. */
  readonly goal: string;
  readonly ok: boolean;
};

type Measured = { readonly name: string; readonly value: number; readonly unit?: string };

export const atMost = (limit: number, measured: Measured): Figure =>
  judged(measured, `<= ${shown(limit)}`, measured.value <= limit);

export const below = (limit: number, measured: Measured): Figure =>
  judged(measured, `< ${shown(limit)}`, measured.value < limit);

export const atLeast = (limit: number, measured: Measured): Figure =>
  judged(measured, `>= ${shown(limit)}`, measured.value >= limit);

export const exactly = (wanted: number, measured: Measured): Figure =>
  judged(measured, `= ${wanted}`, measured.value === wanted);

/** A figure without a goal: what the others are ratios of, or what explains them. */
export const informing = (measured: Measured): Figure => judged(measured, '', true);

const shown = (limit: number): number => Number(limit.toPrecision(3));

/** A value that is no number meets no goal. */
function judged({ name, value, unit = '' }: Measured, goal: string, ok: boolean): Figure {
  return { name, value, unit, goal, ok };
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that at least this share of all values does not exceed; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
