/**
 * YAML as data, with the place of each value. What only some parsers accept, or read each in its own way, is refused: tags,
 * keys that stand twice, more than one document.
 */
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Finding, Place } from './finding.ts';

export type Path = readonly PropertyKey[];

export type SourceDocument = {
  readonly value: unknown;
  /** Of the value; where there is none, of the key of the nearest mapping around it. */
  placeOf(path: Path): Place;
  /** Of a key that has a value. */
  placeOfKey(path: Path): Place;
};

export type ReadDocument =
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const START: Place = { line: 1, column: 1 };

export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const findings = [...parsed.errors, ...parsed.warnings].map(({ message, pos }): Finding => {
    return { severity: 'error', place: placeAt(pos[0]), message };
  });
  if (findings.length > 0) return { ok: false, findings };
  const value = plainValue(parsed);
  if ('problem' in value)
    return { ok: false, findings: [{ severity: 'error', place: START, message: value.problem }] };
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
  return { ok: true, document: { value: value.plain, placeOf, placeOfKey } };
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
