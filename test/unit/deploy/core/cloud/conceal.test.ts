import { describe, expect, test } from '@jest/globals';
import { conceal, secretsIn } from '../../../../../deploy/core/cloud/conceal.ts';
import { renderAuthData } from '../../../../../deploy/core/cloud/occopus-descriptors.ts';
import { someUserData } from './some-user-data.ts';

const authData = (auth: Readonly<Record<string, string>>): string =>
  renderAuthData(someUserData({ auth: { type: 'ec2', ...auth } }));

describe('secretsIn', () => {
  test('finds all values of the credentials, each line of a key by itself', () => {
    const text = authData({ accesskey: 'AKIA1', secretkey: 'one: "two"', key: '--begin\nMIIB\n--end\n' });
    expect(secretsIn(text)).toEqual(['AKIA1', 'one: "two"', '--begin', 'MIIB', '--end']);
  });

  test.each(['', 'resource: []\n', 'resource: [', '- a\n'])('finds none in %j', (text) => {
    expect(secretsIn(text)).toEqual([]);
  });
});

describe('conceal', () => {
  test('takes out each secret, the longest first, also as a program prints it in quotes', () => {
    expect(conceal('abcd abcdefgh, "a\\"b\\\\c", SWMTKN-1-x-y', ['abcd', 'abcdefgh', 'a"b\\c'])).toBe(
      '*** ***, "***", SWMTKN-…',
    );
  });
});
