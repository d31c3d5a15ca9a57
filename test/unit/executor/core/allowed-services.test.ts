import { expect, test } from '@jest/globals';
import { isAllowedService } from '../../../../executor/core/allowed-services.ts';

test.each<readonly [name: string, patterns: readonly string[], isAllowed: boolean]>([
  ['web', [], true],
  ['web', ['web'], true],
  ['web', ['we', 'b'], false],
  ['web2', ['web'], false],
  ['web', ['*'], true],
  ['shop-web', ['shop-*'], true],
  ['shop', ['shop-*'], false],
  ['shop-web', ['api', '*-web'], true],
  ['shop-eu-web', ['shop-*-web'], true],
  ['shop-web', ['shop-*-web'], false],
  ['a.b', ['a?b'], false],
  ['axb', ['a.b'], false],
  ['abcabc', ['a*c*c'], true],
  ['abc', ['a*b*b*c'], false],
  ['aa', ['a*a*a'], false],
])('%s is allowed by %j: %s', (name, patterns, isAllowed) => {
  expect(isAllowedService(name, patterns)).toBe(isAllowed);
});
