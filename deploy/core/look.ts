/** How text is shown: its colours, each with one meaning, and how wide it may be. What is no terminal gets neither. */

export type Look = {
  /** Undefined where lines may be as long as they are: in a pipe, in a file. */
  readonly columns: number | undefined;
  /** Something was done. */
  readonly good: Paint;
  /** It waits for something. */
  readonly held: Paint;
  /** A person has to look at it. */
  readonly bad: Paint;
  readonly head: Paint;
  /** Of less weight than the rest. */
  readonly faint: Paint;
};
export type Paint = (text: string) => string;

export const unpainted: Paint = (text) => text;
export const PLAIN: Look = {
  columns: undefined,
  good: unpainted,
  held: unpainted,
  bad: unpainted,
  head: unpainted,
  faint: unpainted,
};

const paint =
  (code: number): Paint =>
  (text) =>
    text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`;
export const COLOURS: Look = {
  columns: undefined,
  good: paint(32),
  held: paint(33),
  bad: paint(31),
  head: paint(1),
  faint: paint(2),
};

/** The colour of a decision by its kind: that nothing is to be done is the ordinary case, and has none. */
export function paintOfDecision(kind: string, look: Look): Paint {
  if (kind === 'scale' || kind === 'step') return look.good;
  if (kind === 'reject') return look.bad;
  return kind === 'outside' ? look.held : unpainted;
}

/** Colours take no place. */
export const visibleLength = (text: string): number =>
  text
    .split('\u001b[')
    .reduce((sum, part, index) => sum + part.length - (index === 0 ? 0 : part.indexOf('m') + 1), 0);

/** Words on lines of at most `columns`, the later ones indented; a word that is longer has a line of its own. */
export function wrapText(text: string, columns: number | undefined, indent: number): string {
  if (columns === undefined) return text;
  const width = Math.max(LEAST_WRAP, columns - indent);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && visibleLength(`${line} ${word}`) <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

const LEAST_WRAP = 20;
