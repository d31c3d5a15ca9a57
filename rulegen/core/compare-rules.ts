/**
 * Whether Prometheus runs exactly what the files say. It prints queries in a form of its own and names files as it sees
 * them (another mount, perhaps), so queries are compared without white space and files by their last name.
 */
import { parseDurationMs } from '../../internal/contract/duration.ts';
import { isRuleFileName } from './plan-rule-changes.ts';
import { type AlertRule, groupName, type RuleFile } from './rule-file.ts';

export type LoadedRule = {
  readonly alert: string;
  readonly query: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

export type LoadedGroup = {
  /** The path as Prometheus has it. */
  readonly file: string;
  readonly name: string;
  readonly rules: readonly LoadedRule[];
};

export type RuleDifference =
  | { readonly kind: 'missing' | 'leftover' | 'differs'; readonly file: string }
  /** All is equal but for the way in which this expression is written, as far as can be seen. */
  | { readonly kind: 'query'; readonly file: string; readonly expr: string };

/** @param printed expressions as Prometheus prints them, for those that it writes in another way. */
export function compareRules(
  wanted: readonly RuleFile[],
  loaded: readonly LoadedGroup[],
  ignored: ReadonlySet<string>,
  printed: ReadonlyMap<string, string> = new Map(),
): readonly RuleDifference[] {
  const ours = loaded.filter(
    ({ file, name }) => isRuleFileName(lastName(file)) && name === groupName(lastName(file)),
  );
  const groupsOf = new Map<string, LoadedGroup[]>();
  for (const group of ours) {
    const name = lastName(group.file);
    groupsOf.set(name, [...(groupsOf.get(name) ?? []), group]);
  }
  const found = wanted.map((file) => bestMatch(file, groupsOf.get(file.name) ?? [], printed));
  const folders = new Set(found.flatMap(({ folder }) => folder ?? []));
  const names = new Set(wanted.map(({ name }) => name));
  const leftovers = ours
    .map(({ file }) => ({ folder: folderOf(file), name: lastName(file) }))
    .filter(({ folder, name }) => folders.has(folder) && !names.has(name) && !ignored.has(name));
  return [
    ...found.flatMap(({ difference }) => difference ?? []),
    ...leftovers.map(({ name }) => ({ kind: 'leftover' as const, file: name })),
  ];
}

type Match = { readonly folder: string | undefined; readonly difference: RuleDifference | undefined };

/** The group that is as wanted; where none is, what is wrong with the first. */
function bestMatch(
  file: RuleFile,
  groups: readonly LoadedGroup[],
  printed: ReadonlyMap<string, string>,
): Match {
  const matches = groups.map(
    (group): Match => ({
      folder: folderOf(group.file),
      difference: compareGroup(file, group, printed),
    }),
  );
  return (
    matches.find(({ difference }) => difference === undefined) ??
    matches[0] ?? { folder: undefined, difference: { kind: 'missing', file: file.name } }
  );
}

function compareGroup(
  { name, rules }: RuleFile,
  group: LoadedGroup,
  printed: ReadonlyMap<string, string>,
): RuleDifference | undefined {
  const sameShape =
    rules.length === group.rules.length &&
    rules.every((rule, index) => sameButForQuery(rule, group.rules[index] as LoadedRule));
  if (!sameShape) return { kind: 'differs', file: name };
  const other = rules.find(
    ({ expr }, index) => squeeze(printed.get(expr) ?? expr) !== squeeze(group.rules[index]?.query ?? ''),
  );
  if (other === undefined) return undefined;
  return printed.has(other.expr)
    ? { kind: 'differs', file: name }
    : { kind: 'query', file: name, expr: other.expr };
}

function sameButForQuery(rule: AlertRule, loaded: LoadedRule): boolean {
  return (
    rule.alert === loaded.alert &&
    parseDurationMs(rule.for) === loaded.forMs &&
    parseDurationMs(rule.keepFiringFor) === loaded.keepFiringForMs &&
    sameTexts(rule.labels, loaded.labels) &&
    sameTexts(rule.annotations, loaded.annotations)
  );
}

function sameTexts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

const squeeze = (query: string): string => query.replace(/\s+/g, '');
const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
