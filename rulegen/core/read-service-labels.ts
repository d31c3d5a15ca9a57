/**
 * The `micado.*` labels of a service, parsed. A label that nobody knows is a problem, not a comment: a misspelt
 * `micado.scalup` that is silently ignored would cost an outage.
 */
import {
  MICADO_LABEL_PREFIX,
  SERVICE_LABEL,
  STACK_PART_LABEL,
  STATE_LABEL_PREFIX,
} from '../../internal/contract/labels.ts';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import type { Problem } from './problem.ts';
import { type GivenSettings, parseSetting, SETTING_KEYS, type SettingKey } from './settings.ts';

export type ServiceLabels = {
  readonly given: GivenSettings;
  readonly problems: readonly Problem[];
  /** Labels that are right but have no effect in this version. */
  readonly notes: readonly string[];
};

const KEY_OF_LABEL = new Map<string, SettingKey>(SETTING_KEYS.map((key) => [SERVICE_LABEL[key], key]));

/** Part of the contract, and read by nobody yet. */
const LATER = /^micado\.(schedule\.|alert\.|rules$|keep$)/;

export function readServiceLabels(labels: Readonly<Record<string, string>>): ServiceLabels {
  const given: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const [label, text] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!label.startsWith(MICADO_LABEL_PREFIX) || label.startsWith(STATE_LABEL_PREFIX)) continue;
    if (label === STACK_PART_LABEL) continue;
    const key = KEY_OF_LABEL.get(label);
    if (key !== undefined) {
      const parsed = parseSetting(key, text);
      if ('value' in parsed) given[key] = parsed.value;
      else problems.push(wrongValue(label, text, parsed.form));
    } else if (LATER.test(label)) notes.push(`label ${label} has no effect in this version`);
    else problems.push(unknownLabel(label, text));
  }
  return { given, problems, notes };
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
  return {
    severity: 'error',
    where: label,
    value,
    message: `is no label of micado${didYouMean(label, [...KEY_OF_LABEL.keys()])}`,
    cure: `remove it: docker service update --label-rm ${label} <service>`,
  };
}
