/**
 * What is scaled: a Swarm service, or a pool of workers. Its key is what the queue holds, what the journal names, and the
 * path under which the API shows it.
 */
import { ALERT_LABEL, ALERT_TYPE } from '../../internal/contract/alerts.ts';

export type Target =
  | { readonly kind: 'service'; readonly key: string; readonly name: string }
  | { readonly kind: 'workers'; readonly key: string; readonly infraId: string; readonly node: string };

export type Labels = Readonly<Record<string, string>>;

export type TargetOfLabels =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly problem: string };

// A slash would make two targets share a key, a control character would break the log.
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;

/** Of a label that is no use: a record must not grow with it. */
const SHOWN_CHARACTERS = 100;

/** The target that an alert's labels name, or which label is missing. */
export function targetOfLabels(labels: Labels): TargetOfLabels {
  const type = labels[ALERT_LABEL.type];
  if (type === ALERT_TYPE.service)
    return named(labels, [ALERT_LABEL.application], ([name = '']) => serviceTarget(name));
  if (type === ALERT_TYPE.worker)
    return named(labels, [ALERT_LABEL.infraId, ALERT_LABEL.node], ([infraId = '', node = '']) =>
      workersTarget(infraId, node),
    );
  const known = Object.values(ALERT_TYPE).join(' or ');
  const found = type === undefined ? 'is missing' : `is "${type.slice(0, SHOWN_CHARACTERS)}"`;
  return { ok: false, problem: `label ${ALERT_LABEL.type} ${found}, must be ${known}` };
}

function named(
  labels: Labels,
  keys: readonly string[],
  create: (names: readonly string[]) => Target,
): TargetOfLabels {
  const bad = keys.find((key) => !NAME.test(labels[key] ?? ''));
  if (bad === undefined) return { ok: true, target: create(keys.map((key) => labels[key] ?? '')) };
  const problem = labels[bad] === undefined ? 'is missing' : 'is not a name';
  return { ok: false, problem: `label ${bad} ${problem}` };
}

export const serviceTarget = (name: string): Target => ({
  kind: 'service',
  key: `${ALERT_TYPE.service}/${name}`,
  name,
});

export const workersTarget = (infraId: string, node: string): Target => ({
  kind: 'workers',
  key: `${ALERT_TYPE.worker}/${infraId}/${node}`,
  infraId,
  node,
});

/** `docker/web` or `VM/<infra>/<node>`; undefined for any other text. */
export function parseTargetKey(key: string): Target | undefined {
  const [type, ...names] = key.split('/');
  if (!names.every((name) => NAME.test(name))) return undefined;
  const [first, second] = names;
  if (type === ALERT_TYPE.service && first !== undefined && names.length === 1) return serviceTarget(first);
  if (type === ALERT_TYPE.worker && first !== undefined && second !== undefined && names.length === 2)
    return workersTarget(first, second);
  return undefined;
}
