/**
 * The text of a scrape (exposition format 0.0.4). It stays from scrape to scrape: while the same series come in the same
 * order, only the values that changed are written, each where it stands. A value that became shorter has blanks in front,
 * which the format allows; one that became longer, and any other change, has the text written anew, with room to grow.
 * No timestamps: what is left out of a scrape is gone at once.
 */
export type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Labels that every series has that is added by this family; families of one name stand together. */
  readonly fixedLabels?: readonly (readonly [name: string, value: string])[];
};

/** `a="1",b="2"` as UTF-8: rendered once, copied into every sample. */
export type LabelText = Uint8Array;

export type Samples = {
  /** NaN says that there is no such figure: nothing is written. */
  add(family: Family, labels: LabelText, value: number): void;
};

export type Exposition = Samples & {
  /** Forgets the samples and keeps the memory. */
  reset(): void;
  /** Samples since then. */
  count(): number;
  /** The families that have samples, in the order in which they were given. Overwritten by the next scrape. */
  render(): Uint8Array;
  /** Leaves the text that was rendered last to whoever has it: the next one is another. */
  leave(): void;
  /** Nobody has this text any more, which was left: it may be written over. */
  takeBack(text: Uint8Array): void;
};

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const NO_LABELS: LabelText = new Uint8Array(0);

const encoder = new TextEncoder();

/** What stands under one header: a row for each sample, in the order in which they come. */
type FamilyRows = {
  readonly header: Uint8Array;
  readonly starts: FamilyStart[];
  readonly labels: LabelText[];
  readonly values: number[];
  /** The place of the value in the text: where it ends, and how long it may be; 0 where it has none yet. */
  readonly ends: number[];
  readonly widths: number[];
  /** Rows of this scrape so far. */
  count: number;
  /** Rows that the text has. */
  written: number;
};

type FamilyStart = {
  readonly rows: FamilyRows;
  /** `name` */
  readonly bare: Uint8Array;
  /** `name{` and the fixed labels. */
  readonly opened: Uint8Array;
};

export function createExposition(families: readonly Family[]): Exposition {
  const rowsByName = new Map(families.map((family) => [family.name, familyRows(family)]));
  const starts = new Map(families.map((family) => [family, familyStart(family, rowsByName)]));
  const allRows = [...rowsByName.values()];
  let count = 0;
  /** Whether the text has the rows of this scrape, as far as they have come. */
  let fits = true;
  let text: Uint8Array = NO_TEXT;
  let size = 0;
  /** Written so far, and so in memory. */
  let used = 0;
  /** Kept as long as nobody else wants the memory. */
  let spare: WeakRef<Uint8Array> | undefined;
  return {
    count: () => count,
    reset() {
      count = 0;
      for (const rows of allRows) rows.count = 0;
    },
    add(family, labels, value) {
      if (Number.isNaN(value)) return;
      const start = starts.get(family);
      if (start === undefined) throw new Error(`family ${family.name} was not declared`);
      count += 1;
      if (putRow(start, labels, value, text)) return;
      fits = false;
    },
    render() {
      if (!fits || allRows.some((rows) => rows.count !== rows.written)) {
        const most = allRows.reduce((sum, rows) => sum + mostBytes(rows), 0);
        if (text.length < most || used > most * SHRINK_BEYOND) {
          text = new Uint8Array(Math.max(most, RESERVED_BYTES));
          spare = undefined;
          used = 0;
        }
        size = allRows.reduce((at, rows) => writeRows(rows, text, at), 0);
        used = Math.max(used, size);
        fits = true;
      }
      return text.subarray(0, size);
    },
    leave() {
      text = spare?.deref() ?? NO_TEXT;
      spare = undefined;
      fits = false;
    },
    takeBack({ buffer }) {
      spare = new WeakRef(new Uint8Array(buffer));
    },
  };
}

const NO_TEXT: Uint8Array = new Uint8Array(0);
/**
 * Room for any usual text. What is not written takes no memory, so a text that grows need not move, and leave behind the
 * one that it was. From this size on every malloc has the system clear it, instead of writing zeros.
 */
const RESERVED_BYTES = 32 * 1024 * 1024;
/** A text that needs so many times less memory than it has gives it back. */
const SHRINK_BEYOND = 2;
/** What a value that grew may grow by before it needs a new place again. */
const ROOM_TO_GROW = 3;
/** `} `, the longest number that JavaScript prints with its room to grow, and the newline. */
const TAIL_BYTES = 32;

function familyRows({ name, type, help }: Family): FamilyRows {
  const escapedHelp = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return {
    header: encoder.encode(`# HELP ${name} ${escapedHelp}\n# TYPE ${name} ${type}\n`),
    starts: [],
    labels: [],
    values: [],
    ends: [],
    widths: [],
    count: 0,
    written: 0,
  };
}

function familyStart(family: Family, rowsByName: ReadonlyMap<string, FamilyRows>): FamilyStart {
  const { name, fixedLabels = [] } = family;
  const fixed = fixedLabels.map(([label, value]) => `${renderLabel(label, value)},`).join('');
  return {
    rows: rowsByName.get(name) ?? familyRows(family),
    bare: encoder.encode(name),
    opened: encoder.encode(`${name}{${fixed}`),
  };
}

/** The next row of the family. False where the text has another series there, or no room for the value. */
function putRow(start: FamilyStart, labels: LabelText, value: number, text: Uint8Array): boolean {
  const { rows } = start;
  const row = rows.count;
  rows.count = row + 1;
  if (rows.starts[row] === start && isSameText(rows.labels[row] as LabelText, labels)) {
    rows.labels[row] = labels;
    if (rows.values[row] === value) return true;
    rows.values[row] = value;
    return writeValue(text, rows.ends[row] as number, rows.widths[row] as number, formatNumber(value));
  }
  rows.starts[row] = start;
  rows.labels[row] = labels;
  rows.values[row] = value;
  rows.ends[row] = 0;
  rows.widths[row] = 0;
  return false;
}

/** Nearly always the very same bytes; what is rendered again for each scrape is compared. */
function isSameText(a: LabelText, b: LabelText): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function mostBytes({ header, count, starts, labels }: FamilyRows): number {
  if (count === 0) return 0;
  let bytes = header.length;
  for (let row = 0; row < count; row += 1)
    bytes += (starts[row] as FamilyStart).opened.length + (labels[row] as LabelText).length + TAIL_BYTES;
  return bytes;
}

/** Where the text goes on. */
function writeRows(rows: FamilyRows, text: Uint8Array, from: number): number {
  const { header, starts, labels, values, ends, widths, count } = rows;
  for (const column of [starts, labels, values, ends, widths]) column.length = count;
  rows.written = count;
  if (count === 0) return from;
  text.set(header, from);
  let at = from + header.length;
  for (let row = 0; row < count; row += 1) {
    at = writeSeries(text, at, starts[row] as FamilyStart, labels[row] as LabelText);
    const value = formatNumber(values[row] as number);
    const width = widths[row] as number;
    if (value.length > width) widths[row] = width === 0 ? value.length : value.length + ROOM_TO_GROW;
    at += widths[row] as number;
    ends[row] = at;
    writeValue(text, at, widths[row] as number, value);
    text[at++] = NEWLINE;
  }
  return at;
}

const CLOSE = 125; // }
const SPACE = 32;
const NEWLINE = 10;

function writeSeries(
  text: Uint8Array,
  from: number,
  { bare, opened }: FamilyStart,
  labels: LabelText,
): number {
  const start = labels.length === 0 ? bare : opened;
  text.set(start, from);
  let at = from + start.length;
  if (labels.length > 0) {
    text.set(labels, at);
    at += labels.length;
    text[at++] = CLOSE;
  }
  text[at++] = SPACE;
  return at;
}

/** Writes the value up to `end`, with blanks in front. False, and nothing written, where it is too long. */
function writeValue(text: Uint8Array, end: number, width: number, value: string): boolean {
  if (value.length > width) return false;
  const blanksEnd = end - value.length;
  text.fill(SPACE, end - width, blanksEnd);
  for (let index = 0; index < value.length; index += 1) text[blanksEnd + index] = value.charCodeAt(index);
  return true;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

/** Labels without a value are left out: Prometheus takes them as absent. */
export function renderLabels(labels: readonly (readonly [name: string, value: string])[]): LabelText {
  return encoder.encode(
    labels
      .filter(([, value]) => value !== '')
      .map(([name, value]) => renderLabel(name, value))
      .join(','),
  );
}

function renderLabel(name: string, value: string): string {
  return `${name}="${value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')}"`;
}

/** The labels with one more in front. */
export function prependLabel(labels: LabelText, name: string, value: string): LabelText {
  const first = encoder.encode(`${renderLabel(name, value)}${labels.length > 0 ? ',' : ''}`);
  const joined = new Uint8Array(first.length + labels.length);
  joined.set(first);
  joined.set(labels, first.length);
  return joined;
}
