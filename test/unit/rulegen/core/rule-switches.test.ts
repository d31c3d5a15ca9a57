import { describe, expect, test } from '@jest/globals';
import { parseRuleSwitches, SWITCHED_RULES } from '../../../../rulegen/core/rule-switches.ts';

describe('the switches of rules', () => {
  test.each<[string, readonly string[]]>([
    ['-oom', ['oom']],
    ['-restarts, -oom', ['oom', 'restarts']],
    ['-all', [...SWITCHED_RULES]],
    ['-all,+oom', SWITCHED_RULES.filter((rule) => rule !== 'oom')],
    ['+oom', []],
    ['-oom,+all', []],
  ])('%s', (text, off) => {
    expect(parseRuleSwitches(text)).toEqual({ value: off });
  });

  test.each([
    ['oom', /after - \(off\) or \+ \(on\)/],
    ['-ooom', /did you mean "oom"/],
    ['', /a list such as/],
    ['-oom,', /a list such as/],
  ])('%j is none', (text, form) => {
    const parsed = parseRuleSwitches(text);
    expect('form' in parsed && parsed.form).toMatch(form);
  });
});
