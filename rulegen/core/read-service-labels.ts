/**
 * The `micado.*` labels of a service, parsed. A label that nobody knows is a problem, not a comment: a misspelt
 * `micado.scalup` that is silently ignored would cost an outage.
 */
import {
  ALERT_LABEL_PREFIX,
  KEEP_LABEL,
  MICADO_LABEL_PREFIX,
  SCHEDULE_LABEL_PREFIX,
  SERVICE_LABEL,
  STACK_PART_LABEL,
  STATE_LABEL_PREFIX,
} from '../../internal/contract/labels.ts';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import type { Given } from './given.ts';
import { type GivenAlert, parseAlertPath, parseAlertValue, withPart } from './own-alert.ts';
import type { Problem } from './problem.ts';
import { parseSchedule, type Schedule, wrongScheduleName } from './schedule.ts';
import { type ParsedSetting, parseSwitch } from './setting-kinds.ts';
import { parseSetting, SETTING_KEYS, type SettingKey } from './settings.ts';

export type ServiceLabels = {
  readonly given: Given;
  readonly problems: readonly Problem[];
  /** What is wrong with alerts of the service's own: scaling does not depend on them. */
  readonly alertProblems: readonly Problem[];
};

const KEY_OF_LABEL = new Map<string, SettingKey>(SETTING_KEYS.map((key) => [SERVICE_LABEL[key], key]));
const KNOWN_LABELS = [...KEY_OF_LABEL.keys(), KEEP_LABEL];
/** Labels that begin so hold a name of the user's choice. */
const NAMING_PREFIXES = [SCHEDULE_LABEL_PREFIX, ALERT_LABEL_PREFIX];

export function readServiceLabels(labels: Readonly<Record<string, string>>): ServiceLabels {
  const given = { settings: {}, schedules: new Map(), alerts: new Map() };
  const problems: Problem[] = [];
  const alertProblems: Problem[] = [];
  for (const [label, text] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!label.startsWith(MICADO_LABEL_PREFIX) || label.startsWith(STATE_LABEL_PREFIX)) continue;
    if (label === STACK_PART_LABEL) continue;
    const problem = readLabel(label, text, given);
    if (problem !== undefined)
      (label.startsWith(ALERT_LABEL_PREFIX) ? alertProblems : problems).push(problem);
  }
  return { given, problems, alertProblems };
}

type Reading = {
  readonly settings: Record<string, unknown>;
  readonly schedules: Map<string, Schedule>;
  readonly alerts: Map<string, GivenAlert>;
};

function readLabel(
  label: string,
  text: string,
  { settings, schedules, alerts }: Reading,
): Problem | undefined {
  const key = KEY_OF_LABEL.get(label);
  if (key !== undefined)
    return take(label, text, parseSetting(key, text), (value) => {
      settings[key] = value;
    });
  if (label === KEEP_LABEL) return take(label, text, parseSwitch(text), () => {});
  if (label.startsWith(SCHEDULE_LABEL_PREFIX)) {
    const name = label.slice(SCHEDULE_LABEL_PREFIX.length);
    const wrong = wrongScheduleName(name);
    if (wrong !== undefined) return refusedLabel(label, text, wrong);
    return take(label, text, parseSchedule(text), (value) => schedules.set(name, value));
  }
  return label.startsWith(ALERT_LABEL_PREFIX)
    ? readAlertLabel(label, text, alerts)
    : unknownLabel(label, text);
}

function take<T>(
  label: string,
  text: string,
  parsed: ParsedSetting<T>,
  accept: (value: T) => void,
): Problem | undefined {
  if ('form' in parsed) return wrongValue(label, text, parsed.form);
  accept(parsed.value);
  return undefined;
}

function readAlertLabel(label: string, text: string, alerts: Map<string, GivenAlert>): Problem | undefined {
  const part = parseAlertPath(label.slice(ALERT_LABEL_PREFIX.length));
  if ('problem' in part) return refusedLabel(label, text, part.problem);
  return take(label, text, parseAlertValue(part, text), (value) =>
    alerts.set(part.name, withPart(alerts.get(part.name) ?? {}, part, value)),
  );
}

function wrongValue(label: string, value: string, form: string): Problem {
  return {
    severity: 'error',
    where: label,
    value,
    message: `must be ${form}`,
    cure: `correct it: docker service update --label-add ${label}=… <service>`,
  };
}

function unknownLabel(label: string, value: string): Problem {
  const rest = label.slice(label.indexOf('.', MICADO_LABEL_PREFIX.length) + 1);
  const known = [...KNOWN_LABELS, ...NAMING_PREFIXES.map((prefix) => prefix + rest)];
  return refusedLabel(label, value, `is no label of micado${didYouMean(label, known)}`);
}

function refusedLabel(label: string, value: string, message: string): Problem {
  return {
    severity: 'error',
    where: label,
    value,
    message,
    cure: `remove it: docker service update --label-rm ${label} <service>`,
  };
}
