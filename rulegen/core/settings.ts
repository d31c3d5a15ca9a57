/**
 * All settings of a service, once: their labels, parsers and built-in values. The path of a setting in the policy file is
 * its label without `micado.`, nested at the dots, and a bare `scaleup: 60` means its threshold.
 */
import { MICADO_LABEL_PREFIX, SERVICE_LABEL } from '../../internal/contract/labels.ts';
import { parseRuleSwitches } from './rule-switches.ts';
import {
  parseChoice,
  parseDecimal,
  parseDuration,
  parsePath,
  parseStep,
  parseSwitch,
  parseText,
  parseWholeNumber,
  type SettingParser,
} from './setting-kinds.ts';

export type SettingKey = keyof typeof SERVICE_LABEL;

type Setting<T> = { readonly parse: SettingParser<T>; readonly builtIn: T };
const setting = <T>(parse: SettingParser<T>, builtIn: T): Setting<T> => ({ parse, builtIn });
const optional = <T>(parse: SettingParser<T>): Setting<T | undefined> => ({ parse, builtIn: undefined });

const MOST_REPLICAS = 10_000;

export const SETTINGS = {
  scale: setting(parseSwitch, true),
  min: setting(parseWholeNumber(0, MOST_REPLICAS), 1),
  max: setting(parseWholeNumber(1, MOST_REPLICAS), 10),
  metric: setting(parseText, 'cpu'),
  query: optional(parseText),
  scaleup: setting(parseDecimal({ positive: true }), 80),
  scaleupFor: setting(parseDuration, 2_000),
  scaleupStep: setting(parseStep, '1'),
  scaleupCooldown: setting(parseDuration, 30_000),
  scaledown: setting(parseDecimal({ positive: false }), 20),
  scaledownFor: setting(parseDuration, 120_000),
  scaledownStep: setting(parseStep, '1'),
  scaledownCooldown: setting(parseDuration, 120_000),
  strategy: setting(parseChoice('step', 'target'), 'step'),
  target: setting(parseDecimal({ positive: true }), 60),
  scrapePort: optional(parseWholeNumber(1, 65_535)),
  scrapePath: setting(parsePath, '/metrics'),
  /** The rules that are switched off. */
  rules: setting(parseRuleSwitches, []),
} satisfies Record<SettingKey, Setting<unknown>>;

export type SettingValue<K extends SettingKey> = (typeof SETTINGS)[K]['builtIn'];

/** What one place says: labels, an entry of `services:`, or `defaults:`. */
export type GivenSettings = { readonly [K in SettingKey]?: SettingValue<K> };

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** Where a setting stands in the policy file, below `defaults` or a service's name. */
export const policyPath = (key: SettingKey): string => SERVICE_LABEL[key].slice(MICADO_LABEL_PREFIX.length);

export function parseSetting(key: SettingKey, text: string): ReturnType<SettingParser<unknown>> {
  return SETTINGS[key].parse(text);
}
