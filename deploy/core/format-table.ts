/**
 * A table for people: columns as wide as their longest cell, the last one ragged. Where it may not be that wide, the widest
 * columns are cut first; where too little would be left of the last one, it stands below each row instead.
 */
import { type Look, type Paint, PLAIN } from './look.ts';

/** What stands in a cell, and how it stands out. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

export type TableLayout = {
  readonly widths: readonly number[];
  /** How wide the last column is where it stands below its row. */
  readonly below: number | undefined;
};

const GAP = '  ';
/** Numbers are shorter than that: none is ever cut. */
const LEAST_WIDTH = 6;
/** A last column that gets less than this is better below. */
const LEAST_LAST_WIDTH = 24;
const INDENT = '    ';

export function formatTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  look: Pick<Look, 'columns' | 'head'> = PLAIN,
): string {
  const layout = layOutTable(naturalWidths([header, ...rows]), look.columns);
  const heads = header.map((text) => ({ text, paint: look.head }));
  const headLine = formatRow(layout.below === undefined ? heads : heads.slice(0, -1), layout);
  return headLine + rows.map((row) => formatRow(row, layout)).join('');
}

/** The longest of each column, at least what it was before. */
export function naturalWidths(
  rows: readonly (readonly Cell[])[],
  before: readonly number[] = [],
): readonly number[] {
  const count = Math.max(before.length, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, column) =>
    Math.max(before[column] ?? 0, ...rows.map((row) => textOf(row[column] ?? '').length)),
  );
}

export function layOutTable(natural: readonly number[], columns: number | undefined): TableLayout {
  if (columns === undefined) return { widths: natural, below: undefined };
  const widths = shrink(natural, columns);
  const [last = 0, lastNatural = 0] = [widths.at(-1), natural.at(-1)];
  if (last >= Math.min(lastNatural, LEAST_LAST_WIDTH)) return { widths, below: undefined };
  return { widths: shrink(natural.slice(0, -1), columns), below: Math.max(1, columns - INDENT.length) };
}

/** With its end of line. */
export function formatRow(cells: readonly Cell[], { widths, below }: TableLayout): string {
  const line = widths.map((width, column) => formatCell(cells[column] ?? '', width)).join(GAP);
  const last = below === undefined ? '' : formatCell(cells[widths.length] ?? '', below);
  return `${line.trimEnd()}\n${last.trim() === '' ? '' : `${INDENT}${last.trimEnd()}\n`}`;
}

/** The widest gives way, a character at a time, until all fit or nothing may give way any more. */
function shrink(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural];
  let surplus = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - columns;
  for (; surplus > 0; surplus -= 1) {
    const widest = Math.max(...widths);
    if (widest <= LEAST_WIDTH) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function formatCell(cell: Cell, width: number): string {
  const text = textOf(cell);
  const cut = text.length <= width ? text : `${text.slice(0, width - 1)}…`;
  const painted = typeof cell === 'string' ? cut : cell.paint(cut);
  return painted + ' '.repeat(Math.max(0, width - cut.length));
}

/** Names and reasons may come from anywhere: what would move the cursor or begin a line is a blank. */
const textOf = (cell: Cell): string =>
  (typeof cell === 'string' ? cell : cell.text).replace(/\p{Cc}+/gu, ' ');
