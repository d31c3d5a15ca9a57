/**
 * YAML as data, with the place of each value. What only some parsers accept, or read each in its own way, is refused: tags,
 * keys that stand twice, more than one document. Around the first two the rest can still be read, and judged.
 */
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Finding, Place } from './finding.ts';

export type Path = readonly PropertyKey[];

export type SourceDocument = {
  readonly value: unknown;
  /** Of the value; where there is none, of the key of the nearest mapping around it. */
  placeOf(path: Path): Place;
  /** Of a key that has a value. */
  placeOfKey(path: Path): Place;
};

export type ReadDocument = {
  /** Any of them refuses the file. */
  readonly findings: readonly Finding[];
  /** Undefined where it cannot be read. */
  readonly document: SourceDocument | undefined;
};

const READABLE: readonly string[] = ['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED'];
const START: Place = { line: 1, column: 1 };

export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...parsed.errors, ...parsed.warnings];
  const findings = faults.map(({ message, pos }): Finding => {
    return { severity: 'error', place: placeAt(pos[0]), message };
  });
  if (!faults.every(({ code }) => READABLE.includes(code))) return { findings, document: undefined };
  dropSecondKeys(parsed);
  const value = plainValue(parsed);
  if ('problem' in value) {
    const finding: Finding = { severity: 'error', place: START, message: value.problem };
    return { findings: [...findings, finding], document: undefined };
  }
  const keyPlace = (path: Path): Place | undefined => {
    const offset = offsetOfKey(parsed, path);
    return offset === undefined ? undefined : placeAt(offset);
  };
  const placeOfKey = (path: Path): Place => {
    for (let length = path.length; length > 0; length -= 1) {
      const place = keyPlace(path.slice(0, length));
      if (place !== undefined) return place;
    }
    return START;
  };
  const placeOf = (path: Path): Place => {
    const node: unknown = parsed.getIn(path, true);
    return isScalar(node) && node.range ? placeAt(node.range[0]) : placeOfKey(path);
  };
  return { findings, document: { value: value.plain, placeOf, placeOfKey } };
}

/** The first is judged: it is the one that is found by its key. */
function dropSecondKeys(parsed: Document): void {
  visit(parsed, {
    Map(_, map) {
      const seen = new Set<unknown>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        const isFirst = !seen.has(key.value);
        seen.add(key.value);
        return isFirst;
      });
    },
  });
}

/** A document whose aliases multiply beyond reason is refused by the parser here, not before. */
function plainValue(parsed: Document): { readonly plain: unknown } | { readonly problem: string } {
  try {
    return { plain: parsed.toJS() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function offsetOfKey(parsed: Document, path: Path): number | undefined {
  const parent: unknown = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
