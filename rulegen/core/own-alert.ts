/**
 * `micado.alert.<name>.…`: an alert of the user's own. It may say anything to people and nothing to the executor: the labels
 * that make an alert a request to scale are not its to set.
 */
import { ALERT_LABEL } from '../../internal/contract/alerts.ts';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import { checkAnnotationText, checkLabelText } from './alert-text.ts';
import { type ParsedSetting, parseDuration, parseText, type SettingParser } from './setting-kinds.ts';

/** The fields of one alert at one place; those that are absent may stand at another. */
export type GivenAlert = {
  readonly expr?: string;
  readonly for?: number;
  readonly keep_firing_for?: number;
  readonly severity?: string;
  readonly summary?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly annotation?: Readonly<Record<string, string>>;
};

const parseSeverity: SettingParser<string> = (text) =>
  /^[\w-]{1,40}$/.test(text) ? { value: text } : { form: 'one word such as warning or critical' };

/** Every field that holds one value. */
export const ALERT_FIELDS = {
  expr: parseText,
  for: parseDuration,
  keep_firing_for: parseDuration,
  severity: parseSeverity,
  summary: checkAnnotationText,
} as const;
export type AlertField = keyof typeof ALERT_FIELDS;

/** Fields that hold a value for each name: `label.team`. */
export const ALERT_MAPS = { label: checkLabelText, annotation: checkAnnotationText } as const;
export type AlertMap = keyof typeof ALERT_MAPS;

const RESERVED: Readonly<Record<AlertMap, ReadonlyMap<string, string>>> = {
  label: new Map([
    ...Object.values(ALERT_LABEL).map(
      (name) => [name, 'belongs to micado: with it the alert could scale'] as const,
    ),
    ['severity', 'is set by severity'],
  ]),
  annotation: new Map([['summary', 'is set by summary']]),
};

/** Why this cannot be the name of an alert; undefined when it can. */
export function wrongAlertName(name: string): string | undefined {
  if (!/^[a-zA-Z][\w-]{0,80}$/.test(name))
    return 'the name of an alert must be a letter, then letters, digits, _ or -';
  return /(^|_)(over|under)loaded$/.test(name) ? 'a scaling alert has this name: choose another' : undefined;
}

/** Why an alert cannot carry this; undefined when it can. */
export function wrongKey(map: AlertMap, key: string): string | undefined {
  if (!/^[a-zA-Z]\w*$/.test(key)) return `the name of a ${map} must be a letter, then letters, digits or _`;
  const reason = RESERVED[map].get(key);
  return reason === undefined ? undefined : `the ${map} ${key} ${reason}`;
}

export type AlertPart =
  | { readonly name: string; readonly field: AlertField }
  | { readonly name: string; readonly map: AlertMap; readonly key: string };

/** What follows `micado.alert.` in a label: `slow.expr`, `slow.label.team`. */
export function parseAlertPath(path: string): AlertPart | { readonly problem: string } {
  const [name = '', field = '', ...rest] = path.split('.');
  const wrong = wrongAlertName(name);
  if (wrong !== undefined) return { problem: wrong };
  const map = keyIn(ALERT_MAPS, field);
  if (map !== undefined) {
    const key = rest.join('.');
    const reason = wrongKey(map, key);
    return reason === undefined ? { name, map, key } : { problem: reason };
  }
  const single = rest.length === 0 ? keyIn(ALERT_FIELDS, field) : undefined;
  if (single !== undefined) return { name, field: single };
  const known = [...Object.keys(ALERT_FIELDS), ...Object.keys(ALERT_MAPS).map((each) => `${each}.…`)];
  return {
    problem: `an alert has ${known.join(', ')}${didYouMean(field, [...Object.keys(ALERT_FIELDS), ...Object.keys(ALERT_MAPS)])}`,
  };
}

export function parseAlertValue(part: AlertPart, text: string): ParsedSetting<number | string> {
  return 'map' in part ? ALERT_MAPS[part.map](text) : ALERT_FIELDS[part.field](text);
}

/** The alert with one more part. */
export function withPart(alert: GivenAlert, part: AlertPart, value: unknown): GivenAlert {
  return 'map' in part
    ? { ...alert, [part.map]: { ...alert[part.map], [part.key]: value } }
    : { ...alert, [part.field]: value };
}

function keyIn<T extends object>(table: T, text: string): keyof T | undefined {
  return (Object.keys(table) as (keyof T)[]).find((key) => key === text);
}
