/**
 * How the text of a setting becomes a value. Labels are text and policy files hold scalars: both pass through the same
 * parsers, so that a value means the same, and is refused with the same words, wherever it stands.
 */
import { parseDurationMs } from '../../internal/contract/duration.ts';

/** The value, or the form that was expected. */
export type ParsedSetting<T> = { readonly value: T } | { readonly form: string };
export type SettingParser<T> = (text: string) => ParsedSetting<T>;

export const parseSwitch: SettingParser<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { form: 'true or false' };

/** A name or an expression; what it means is judged where it is used. */
export const parseText: SettingParser<string> = (text) =>
  text.trim() === '' ? { form: 'some text' } : { value: text.trim() };

export const parseDuration: SettingParser<number> = (text) => {
  const value = parseDurationMs(text);
  return value === undefined ? { form: 'a duration such as 500ms, 30s or 1m30s' } : { value };
};

/** Replicas (`2`) or a part of the present ones (`50%`), kept as text: the executor reads it. */
export const parseStep: SettingParser<string> = (text) =>
  /^[1-9]\d{0,3}%?$/.test(text)
    ? { value: text }
    : { form: 'replicas such as 2, or a percentage such as 50%' };

export const parsePath: SettingParser<string> = (text) =>
  /^\/[\w\-./~%?=&]*$/.test(text) ? { value: text } : { form: 'a path that begins with /, such as /metrics' };

export function parseChoice<const T extends string>(...choices: readonly T[]): SettingParser<T> {
  return (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { form: choices.join(' or ') } : { value };
  };
}

export function parseWholeNumber(least: number, most: number): SettingParser<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? { value } : { form: `a whole number from ${least} to ${most}` };
  };
}

/** A plain decimal number: `80`, `0.5`. No sign, exponent or unit. */
export function parseDecimal({ positive }: { readonly positive: boolean }): SettingParser<number> {
  return (text) => {
    const value = /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    const fits = positive ? value > 0 : value >= 0;
    return fits
      ? { value }
      : { form: `a number ${positive ? 'above 0' : 'of 0 or more'}, such as 80 or 0.5` };
  };
}
