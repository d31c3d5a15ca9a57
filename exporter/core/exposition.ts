/**
 * The text of a scrape (exposition format 0.0.4), written into buffers that the next scrape uses again. Each family has
 * a buffer of its own, so that samples may come container by container and still stand together. No timestamps: what is
 * left out of a scrape is gone at once.
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
  /** The families that have samples, in the order in which they were given. Overwritten by the next call. */
  render(): Uint8Array;
};

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const NO_LABELS: LabelText = new Uint8Array(0);

const encoder = new TextEncoder();
const FIRST_BYTES = 1_024;
/** `} `, the longest number that JavaScript prints, and the newline. */
const TAIL_BYTES = 32;

/** What stands under one header. */
type FamilyText = { readonly header: Uint8Array; bytes: Uint8Array; length: number };

type FamilyStart = {
  readonly text: FamilyText;
  /** `name` */
  readonly bare: Uint8Array;
  /** `name{` and the fixed labels. */
  readonly opened: Uint8Array;
};

export function createExposition(families: readonly Family[]): Exposition {
  const texts = new Map(families.map((family) => [family.name, familyText(family)]));
  const starts = new Map(families.map((family) => [family, familyStart(family, texts)]));
  let count = 0;
  let output = new Uint8Array(FIRST_BYTES);
  return {
    count: () => count,
    reset() {
      count = 0;
      for (const text of texts.values()) text.length = 0;
    },
    add(family, labels, value) {
      if (Number.isNaN(value)) return;
      const start = starts.get(family);
      if (start === undefined) throw new Error(`family ${family.name} was not declared`);
      count += 1;
      addSample(start, labels, value);
    },
    render() {
      const present = [...texts.values()].filter(({ length }) => length > 0);
      const size = present.reduce((sum, { header, length }) => sum + header.length + length, 0);
      if (output.length < size) output = new Uint8Array(size + (size >> 2));
      let at = 0;
      for (const { header, bytes, length } of present) {
        output.set(header, at);
        output.set(bytes.subarray(0, length), at + header.length);
        at += header.length + length;
      }
      return output.subarray(0, size);
    },
  };
}

function familyText({ name, type, help }: Family): FamilyText {
  const escapedHelp = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return {
    header: encoder.encode(`# HELP ${name} ${escapedHelp}\n# TYPE ${name} ${type}\n`),
    bytes: new Uint8Array(FIRST_BYTES),
    length: 0,
  };
}

function familyStart(family: Family, texts: ReadonlyMap<string, FamilyText>): FamilyStart {
  const { name, fixedLabels = [] } = family;
  const fixed = fixedLabels.map(([label, value]) => `${renderLabel(label, value)},`).join('');
  return {
    text: texts.get(name) ?? familyText(family),
    bare: encoder.encode(name),
    opened: encoder.encode(`${name}{${fixed}`),
  };
}

const OPEN_END = 125; // }
const SPACE = 32;
const NEWLINE = 10;

function addSample({ text, bare, opened }: FamilyStart, labels: LabelText, value: number): void {
  const most = text.length + opened.length + labels.length + TAIL_BYTES;
  if (text.bytes.length < most) {
    const larger = new Uint8Array(most * 2);
    larger.set(text.bytes.subarray(0, text.length));
    text.bytes = larger;
  }
  const { bytes } = text;
  const start = labels.length === 0 ? bare : opened;
  bytes.set(start, text.length);
  let at = text.length + start.length;
  if (labels.length > 0) {
    bytes.set(labels, at);
    at += labels.length;
    bytes[at++] = OPEN_END;
  }
  bytes[at++] = SPACE;
  at = writeNumber(bytes, at, value);
  bytes[at++] = NEWLINE;
  text.length = at;
}

function writeNumber(bytes: Uint8Array, from: number, value: number): number {
  const text =
    value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
  for (let index = 0; index < text.length; index += 1) bytes[from + index] = text.charCodeAt(index);
  return from + text.length;
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
