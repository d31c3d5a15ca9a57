/**
 * Labels that begin at growing places, in rows: one that would cover its neighbour goes a row lower. The mark that a label
 * belongs to is drawn in any case.
 */

/** Gives the row of each label in turn; undefined where all rows are taken there. */
export function createLabelRows(count: number): (left: number, width: number) => number | undefined {
  const ends = Array.from({ length: count }, () => Number.NEGATIVE_INFINITY);
  return (left, width) => {
    const row = ends.findIndex((end) => end <= left);
    if (row === -1) return undefined;
    ends[row] = left + width;
    return row;
  };
}
