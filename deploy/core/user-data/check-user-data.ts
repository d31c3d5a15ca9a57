/** User data: text in, typed out, with every problem at its place. A file with an error gives no data. */
import type { z } from 'zod';
import { didYouMean } from '../../../internal/contract/nearest-name.ts';
import { type Advice, advise } from './advise.ts';
import { chooseCloud } from './choose-cloud.ts';
import { type Finding, hasErrors } from './finding.ts';
import { isPlaceholder } from './placeholder.ts';
import { type Path, readDocument, type SourceDocument } from './read-document.ts';
import { isMapping, mappingAt, sketchOf } from './sketch.ts';
import { holdsTemplate } from './template-text.ts';
import type { Mapping, UserData } from './user-data.ts';
import { keysAt, toUserData, userDataSchema } from './user-data-schema.ts';
import { walkScalars } from './walk-scalars.ts';

export type CheckedUserData = {
  readonly findings: readonly Finding[];
  /** Undefined where there is an error. */
  readonly data: UserData | undefined;
  /** What refers to secrets, right or wrong. */
  readonly written: Pick<UserData, 'auth' | 'resource'>;
  /** The place of a value in the file, by its path in user data. */
  placeOf(path: Path): Finding['place'];
};

/** MiCADO 0.3 had everything below this key, in a file that its cloud-init wrote. */
const OLD_ROOT = 'user_data';
const WHOLE_CLOUD_INIT = `this is a whole cloud-init file: put the content of temp_user_data.yaml, from ${OLD_ROOT}: on, into a file of its own`;

export function checkUserData(text: string): CheckedUserData {
  const { document, findings: faults } = readDocument(text);
  if (document === undefined) return refused(faults);
  if (!isMapping(document.value))
    return refused([...faults, error(document, [], 'user data must be a mapping')]);
  if (document.value['write_files'] !== undefined)
    return refused([...faults, error(document, ['write_files'], WHOLE_CLOUD_INIT)]);
  const isOld = isMapping(document.value[OLD_ROOT]);
  const prefix = isOld ? [OLD_ROOT] : [];
  const root = isOld ? (document.value[OLD_ROOT] as Mapping) : document.value;
  const inFile: SourceDocument = {
    value: root,
    placeOf: (path) => document.placeOf([...prefix, ...path]),
    placeOfKey: (path) => document.placeOfKey([...prefix, ...path]),
  };
  const { findings, data } = checkRoot(inFile, root);
  const all = [...faults, ...findings, ...(isOld ? oldFormNotes(document, document.value) : [])];
  return {
    findings: all,
    data: hasErrors(all) ? undefined : data,
    written: { auth: mappingAt(root, 'auth_data'), resource: mappingAt(root, 'resource') },
    placeOf: inFile.placeOf,
  };
}

type CheckedRoot = { readonly findings: readonly Finding[]; readonly data: UserData | undefined };

function checkRoot(file: SourceDocument, root: Mapping): CheckedRoot {
  const left = leftOver(file, root);
  const isNew = ({ path }: { readonly path: Path }): boolean => !left.some((one) => samePath(one.path, path));
  const chosen = chooseCloud(root);
  const cloud = chosen.ok ? chosen.cloud : undefined;
  const sketch = sketchOf(cloud, root);
  const schema = userDataSchema(cloud, sketch.occopusImage);
  const parsed = schema.safeParse(root, { reportInput: true });
  const issues = (parsed.error?.issues ?? []).filter(isNew);
  const advice = advise(sketch).filter(isNew);
  const findings = [
    ...left.map(({ finding }) => finding),
    ...(chosen.ok || !isNew(chosen) ? [] : [error(file, chosen.path, chosen.message)]),
    ...issues.flatMap((issue) => describeIssue(issue, file, schema)),
    ...advice.map((one) => adviceAt(one, file)),
  ];
  const isWhole = parsed.success && cloud !== undefined;
  return { findings, data: isWhole ? toUserData(cloud, parsed.data) : undefined };
}

type LeftOver = { readonly path: Path; readonly finding: Finding };

/** What nobody replaced, and what Occopus would run: it takes the description of a VM for a template. */
function leftOver(file: SourceDocument, root: Mapping): readonly LeftOver[] {
  return walkScalars(root).flatMap(({ path, value }) => {
    if (typeof value !== 'string') return [];
    const name = path.join('.');
    if (isPlaceholder(value, path.at(-1)))
      return [{ path, finding: error(file, path, `${name} still holds the placeholder ${value}`) }];
    if (holdsTemplate(value))
      return [
        { path, finding: error(file, path, `${name} must not hold {{, {% or {#: Occopus would run it`) },
      ];
    return [];
  });
}

function describeIssue(issue: z.core.$ZodIssue, file: SourceDocument, schema: z.ZodType): readonly Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      severity: 'error' as const,
      place: file.placeOfKey([...path, key]),
      message: `unknown key ${[...path, key].join('.')}${didYouMean(key, keysAt(schema, path))}`,
    }));
  const name = path.join('.');
  return [error(file, path, name === '' ? `user data ${issue.message}` : `${name} ${issue.message}`)];
}

const error = (file: SourceDocument, path: Path, message: string): Finding => ({
  severity: 'error',
  place: file.placeOf(path),
  message,
});

const adviceAt = ({ severity, path, message }: Advice, file: SourceDocument): Finding => ({
  severity,
  place: file.placeOf(path),
  message: message.startsWith(path.join('.')) ? message : `${path.join('.')} ${message}`,
});

function oldFormNotes(document: SourceDocument, whole: Mapping): readonly Finding[] {
  const others = Object.keys(whole).filter((key) => key !== OLD_ROOT);
  const place = document.placeOfKey([OLD_ROOT]);
  return [
    ...OLD_FORM.map((message): Finding => ({ severity: 'note', place, message })),
    ...others.map((key) => error(document, [key], `unknown key ${key} beside ${OLD_ROOT}`)),
  ];
}

const OLD_FORM = [
  'this is MiCADO 0.3’s form, and works: its sections may now stand at the top, without user_data',
  'MASTER_IP is master.address now; without it the master takes its own address on the default route',
  'Occopus 1.10 asks OpenStack’s users for resource.project_id, which 1.5 did without',
  'port 2375 is closed, and workers join with the worker token that the master puts into their boot data',
];

function refused(findings: readonly Finding[]): CheckedUserData {
  return {
    findings,
    data: undefined,
    written: { auth: {}, resource: {} },
    placeOf: () => ({ line: 1, column: 1 }),
  };
}

const samePath = (one: Path, other: Path): boolean => one.join('\0') === other.join('\0');
