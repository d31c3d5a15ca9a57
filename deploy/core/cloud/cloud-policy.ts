/** The policy as the person wrote it, with the bounds of the workers from user data: they are set in one place only. */
import { type Document, isMap, isSeq, parseDocument, YAMLMap } from 'yaml';
import type { Finding } from '../user-data/finding.ts';
import { isPlaceholderWord } from '../user-data/placeholder.ts';
import { readDocument, type SourceDocument } from '../user-data/read-document.ts';
import type { UserData } from '../user-data/user-data.ts';
import { walkKeys, walkScalars } from '../user-data/walk-scalars.ts';
import { WORKER_INFRA, WORKER_NODE } from './occopus-descriptors.ts';

export type RenderedPolicy =
  | { readonly ok: true; readonly text: string; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const HEADER = '# The bounds of workers come from user data (micado render): change them there.\n';

/** @param source what the policy file holds; rulegen judges the rest of it */
export function renderPolicy(scaling: UserData['scaling'], source: string): RenderedPolicy {
  const { document, findings: faults } = readDocument(source);
  if (document === undefined) return { ok: false, findings: faults };
  const left = [...faults, ...placeholdersIn(document)];
  const policy: Document = parseDocument(source);
  const found = findPool(policy);
  if ('problem' in found) {
    const place = document.placeOfKey(['workers']);
    return { ok: false, findings: [...left, { severity: 'error', place, message: found.problem }] };
  }
  if (left.length > 0) return { ok: false, findings: left };
  const { pool } = found;
  const replaced = (['min', 'max'] as const).filter(
    (key) => pool?.has(key) === true && pool.get(key) !== scaling[key],
  );
  const bounds = { name: WORKER_NODE, infra: WORKER_INFRA, ...scaling };
  if (pool === undefined) policy.set('workers', policy.createNode([bounds]));
  else for (const [key, value] of Object.entries(bounds)) pool.set(key, value);
  return {
    ok: true,
    text: HEADER + policy.toString({ lineWidth: 0 }),
    findings: replaced.map((key) => ({
      severity: 'warning',
      place: document.placeOf(['workers', 0, key]),
      message: `${key} of the workers is ${scaling[key]}, as user data says: this one is replaced`,
    })),
  };
}

/** A service that nobody named stands as a key, too. */
function placeholdersIn(file: SourceDocument): readonly Finding[] {
  const keys = walkKeys(file.value).map((path) => ({
    path,
    word: path.at(-1),
    place: file.placeOfKey(path),
  }));
  const values = walkScalars(file.value).map(({ path, value }) => ({
    path,
    word: value,
    place: file.placeOf(path),
  }));
  return [...keys, ...values].flatMap(({ path, word, place }): readonly Finding[] =>
    typeof word === 'string' && isPlaceholderWord(word)
      ? [{ severity: 'error', place, message: `${path.join('.')} still holds the placeholder ${word}` }]
      : [],
  );
}

/** The one pool that user data describes. Undefined where the policy says nothing of it. */
function findPool(policy: Document): { readonly pool: YAMLMap | undefined } | { readonly problem: string } {
  if (policy.contents === null) policy.contents = new YAMLMap();
  if (!isMap(policy.contents)) return { problem: 'the policy must be a mapping' };
  const workers: unknown = policy.get('workers') ?? undefined;
  if (workers === undefined) return { pool: undefined };
  if (!isSeq(workers)) return { problem: 'workers must be a list' };
  const [pool, ...others] = workers.items;
  if (pool === undefined) return { pool: undefined };
  if (!isMap(pool)) return { problem: 'each of workers must be a mapping' };
  const name: unknown = pool.get('name') ?? WORKER_NODE;
  return name === WORKER_NODE && others.length === 0
    ? { pool }
    : { problem: `workers may hold the pool ${WORKER_NODE} only: user data describes no other` };
}
