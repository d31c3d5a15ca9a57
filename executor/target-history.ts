/** What a target's own rule has measured of late, on a grid of equal steps, with the executor's actions beside it. */
import type { Clock } from '../internal/daemon/clock.ts';
import { measuredExpression } from './core/overview/measured-expression.ts';
import type { TargetHistory } from './core/overview/overview-shape.ts';
import { rulesByTarget } from './core/overview/scaling-rule.ts';
import { queryDecisions } from './core/query-decisions.ts';
import type { DecisionLog } from './decision-log.ts';
import { known } from './known.ts';
import type { RuleReader, SeriesReader } from './ports.ts';

export type HistoryDeps = {
  readonly rules: RuleReader;
  readonly series: Pick<SeriesReader, 'range'>;
  readonly log: Pick<DecisionLog, 'recent'>;
  readonly clock: Clock;
};

/** So many points a plot shows; more would be finer than its pixels. */
const POINTS = 180;
const ACTIONS = 100;

export async function readHistory(
  { rules, series, log, clock }: HistoryDeps,
  target: string,
  minutes: number,
): Promise<TargetHistory> {
  const stepMs = Math.max(1_000, Math.ceil((minutes * 60_000) / POINTS / 1_000) * 1_000);
  // On the grid, so that a point stays where it is from one reading to the next.
  const toMs = Math.floor(clock.now() / stepMs) * stepMs;
  const range = { fromMs: toMs - (POINTS - 1) * stepMs, toMs, stepMs };
  const { decisions } = queryDecisions(log.recent(), {
    target,
    kind: 'scale',
    sinceMs: range.fromMs,
    limit: ACTIONS,
  });
  const actions = decisions.toReversed().map(({ time, from = 0, to = 0 }) => ({ time, from, to }));
  const nothing = { times: [], values: [], actions };
  const listed = await known(() => rules.list());
  if (listed.kind === 'away') return { ...nothing, problem: 'Prometheus cannot be asked.' };
  const found = rulesByTarget(listed.value).get(target);
  const expression = measuredExpression((found?.up ?? found?.down)?.expression ?? '');
  if (expression === undefined)
    return { ...nothing, problem: 'Its rule compares no value that could be plotted.' };
  const samples = await known(() => series.range(expression, range));
  if (samples.kind === 'away') return { ...nothing, problem: 'Prometheus gave no history.' };
  const byTime = new Map(samples.value.map(([timeMs, value]) => [Math.round(timeMs / stepMs), value]));
  const times = Array.from({ length: POINTS }, (_, index) => range.fromMs + index * stepMs);
  return {
    times: times.map((timeMs) => timeMs / 1_000),
    values: times.map((timeMs) => finiteOrNull(byTime.get(Math.round(timeMs / stepMs)))),
    problem: '',
    actions,
  };
}

const finiteOrNull = (value = Number.NaN): number | null => (Number.isFinite(value) ? value : null);
