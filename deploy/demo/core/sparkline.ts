/** Values over time as one line of blocks: `▁▁▃█▆`. */
const BLOCKS = '▁▂▃▄▅▆▇█';

/**
 * All values, oldest first, in at most `width` blocks: each stands for the largest of its share, a blank for nothing known.
 * @param most the value of a full block; what is above looks the same
 */
export function sparkline(values: readonly (number | undefined)[], most: number, width: number): string {
  const share = Math.max(1, Math.ceil(values.length / width));
  let line = '';
  for (let start = 0; start < values.length; start += share) {
    const known = values.slice(start, start + share).filter((value) => value !== undefined);
    line += known.length === 0 ? ' ' : blockOf(Math.max(...known) / most);
  }
  return line;
}

function blockOf(part: number): string {
  const index = Math.round(Math.min(1, Math.max(0, part)) * (BLOCKS.length - 1));
  return BLOCKS[index] ?? ' ';
}
