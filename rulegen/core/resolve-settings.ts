/** Precedence: service labels, then the policy's `services:`, then its `defaults:`, then built in. */
import { SERVICE_LABEL } from '../../internal/contract/labels.ts';
import type { Policy } from './policy.ts';
import {
  type GivenSettings,
  policyPath,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type SettingValue,
} from './settings.ts';

/** Highest first. */
export const SETTING_ORIGINS = ['label', 'services', 'defaults', 'built-in'] as const;
export type SettingOrigin = (typeof SETTING_ORIGINS)[number];

export type ResolvedSetting<T> = {
  readonly value: T;
  readonly origin: SettingOrigin;
  /** The label or the path in the policy file that says so. */
  readonly from: string;
};

export type ResolvedSettings = { readonly [K in SettingKey]: ResolvedSetting<SettingValue<K>> };

export function resolveSettings(service: string, labels: GivenSettings, policy: Policy): ResolvedSettings {
  const layers: readonly [SettingOrigin, GivenSettings, (key: SettingKey) => string][] = [
    ['label', labels, (key) => SERVICE_LABEL[key]],
    ['services', policy.services.get(service) ?? {}, (key) => `services.${service}.${policyPath(key)}`],
    ['defaults', policy.defaults, (key) => `defaults.${policyPath(key)}`],
  ];
  const resolve = (key: SettingKey): ResolvedSetting<unknown> => {
    for (const [origin, given, nameOf] of layers)
      if (given[key] !== undefined) return { value: given[key], origin, from: nameOf(key) };
    return { value: SETTINGS[key].builtIn, origin: 'built-in', from: 'built in' };
  };
  return Object.fromEntries(SETTING_KEYS.map((key) => [key, resolve(key)])) as ResolvedSettings;
}

/** Whether `a` stands higher than `b`: the more particular one. */
export function outranks(a: SettingOrigin, b: SettingOrigin): boolean {
  return SETTING_ORIGINS.indexOf(a) < SETTING_ORIGINS.indexOf(b);
}
