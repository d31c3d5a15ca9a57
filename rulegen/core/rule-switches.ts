/**
 * `micado.rules`: which of the rules in `cluster.yml` speak of a service. All do unless they are switched off; the words are
 * taken from left to right, so `-all,+oom` leaves one.
 */
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import type { ParsedSetting } from './setting-kinds.ts';

export const SWITCHED_RULES = ['at_max', 'oom', 'out_of_bounds', 'replicas', 'restarts'] as const;
export type SwitchedRule = (typeof SWITCHED_RULES)[number];

const ALL = 'all';
const FORM = `a list such as -oom,-restarts of ${SWITCHED_RULES.join(', ')} or ${ALL}, each after - (off) or + (on)`;

/** The rules that are off, sorted. */
export function parseRuleSwitches(text: string): ParsedSetting<readonly SwitchedRule[]> {
  const off = new Set<SwitchedRule>();
  for (const word of text.split(',').map((part) => part.trim())) {
    const [, sign, name = ''] = /^([+-])([\w-]+)$/.exec(word) ?? [];
    const named = name === ALL ? SWITCHED_RULES : SWITCHED_RULES.filter((rule) => rule === name);
    if (sign === undefined || named.length === 0)
      return { form: FORM + didYouMean(name, [...SWITCHED_RULES, ALL]) };
    for (const rule of named) {
      if (sign === '-') off.add(rule);
      else off.delete(rule);
    }
  }
  return { value: [...off].sort() };
}
