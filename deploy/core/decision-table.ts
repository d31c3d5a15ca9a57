/**
 * What `micado decisions` says: a row per decision, oldest first. Rows that come later fit those above them: columns grow,
 * they do not shrink.
 */
import { describeVerdict } from './decision-words.ts';
import type { JournalledDecision } from './executor-answers.ts';
import { type Cell, formatRow, layOutTable, naturalWidths } from './format-table.ts';
import { type Look, paintOfDecision } from './look.ts';

export type DecisionTable = {
  /** The lines of these decisions, as wide as the terminal is now. */
  rows(decisions: readonly JournalledDecision[], look: Look): string;
};

/** On a narrower terminal the time of day has to do. */
const WIDE_COLUMNS = 100;

export function createDecisionTable(): DecisionTable {
  let natural: readonly number[] = [];
  return {
    rows(decisions, look) {
      const cells = decisions.map((decision) => cellsOf(decision, look));
      natural = naturalWidths(cells, natural);
      const layout = layOutTable(natural, look.columns);
      return cells.map((row) => formatRow(row, layout)).join('');
    },
  };
}

function cellsOf(decision: JournalledDecision, look: Look): readonly Cell[] {
  const { time, target, kind, detail = '' } = decision;
  return [
    { text: shortTime(time, look.columns), paint: look.faint },
    target,
    { text: describeVerdict(decision), paint: paintOfDecision(kind, look) },
    detail,
  ];
}

/** `2026-01-01T12:00:00.250Z` as `2026-01-01 12:00:00Z`; what is no such time stays as it is. */
function shortTime(time: string, columns: number | undefined): string {
  const [, date, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(time) ?? [];
  if (date === undefined || clock === undefined) return time;
  return columns !== undefined && columns < WIDE_COLUMNS ? `${clock}Z` : `${date} ${clock}Z`;
}
