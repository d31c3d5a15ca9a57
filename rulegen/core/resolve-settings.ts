/** Precedence: service labels, then the policy's `services:`, then its `defaults:`, then flags, then built in. */
import { MICADO_LABEL_PREFIX, SERVICE_LABEL } from '../../internal/contract/labels.ts';
import { type Given, NOTHING_GIVEN } from './given.ts';
import type { Policy } from './policy.ts';
import {
  type GivenSettings,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type SettingValue,
} from './settings.ts';

/** Highest first. */
export const SETTING_ORIGINS = ['label', 'services', 'defaults', 'flag', 'built-in'] as const;
export type SettingOrigin = (typeof SETTING_ORIGINS)[number];

export type ResolvedSetting<T> = {
  readonly value: T;
  readonly origin: SettingOrigin;
  /** The label or the path in the policy file that says so. */
  readonly from: string;
};

export type ResolvedSettings = { readonly [K in SettingKey]: ResolvedSetting<SettingValue<K>> };

/** A place that speaks of a service, and what it calls a label. */
export type Layer = {
  readonly origin: SettingOrigin;
  readonly given: Given;
  nameOf(label: string): string;
};

/** Highest first. In the policy file a label stands without `micado.`, nested at its dots. */
export function layersOf(service: string, labels: Given, policy: Policy): readonly Layer[] {
  const path = (label: string): string => label.slice(MICADO_LABEL_PREFIX.length);
  const ofService = policy.services.get(service);
  const layers: Layer[] = [{ origin: 'label', given: labels, nameOf: (label) => label }];
  if (ofService !== undefined)
    layers.push({
      origin: 'services',
      given: ofService,
      nameOf: (label) => `services.${service}.${path(label)}`,
    });
  layers.push({
    origin: 'defaults',
    given: policy.defaults,
    nameOf: (label) => `defaults.${path(label)}`,
  });
  if (policy.flags !== undefined)
    layers.push({
      origin: 'flag',
      given: { ...NOTHING_GIVEN, settings: flagsFor(policy.flags, ofService !== undefined) },
      nameOf: (label) => `--defaults.${path(label)}`,
    });
  return layers;
}

/** As MiCADO had it: what is not scaled by default is scaled when the policy file speaks of it. */
function flagsFor({ scale, ...others }: GivenSettings, isInPolicy: boolean): GivenSettings {
  if (scale === undefined) return others;
  return isInPolicy && !scale ? others : { ...others, scale };
}

export function resolveSettings(layers: readonly Layer[]): ResolvedSettings {
  const resolve = (key: SettingKey): ResolvedSetting<unknown> => {
    for (const { origin, given, nameOf } of layers) {
      const value = given.settings[key];
      if (value !== undefined) return { value, origin, from: nameOf(SERVICE_LABEL[key]) };
    }
    return { value: SETTINGS[key].builtIn, origin: 'built-in', from: 'built in' };
  };
  return Object.fromEntries(SETTING_KEYS.map((key) => [key, resolve(key)])) as ResolvedSettings;
}

/** Whether `a` stands higher than `b`: the more particular one. */
export function outranks(a: SettingOrigin, b: SettingOrigin): boolean {
  return SETTING_ORIGINS.indexOf(a) < SETTING_ORIGINS.indexOf(b);
}
