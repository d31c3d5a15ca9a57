import { expect, test } from '@jest/globals';
import { findDebianMirror } from '../../../../deploy/core/debian-mirror.ts';

const PARAGRAPHS = `Types: deb
# a note
URIs: http://mirror.example/debian-security
Suites: bookworm-security

Types: deb
URIs: http://other.example/node http://mirror.example/debian
Suites: bookworm bookworm-updates
`;

test('finds the mirror among other archives, in either format', () => {
  expect(findDebianMirror(['deb https://tools.example/apt stable main\n', PARAGRAPHS])).toBe(
    'http://mirror.example/debian',
  );
  expect(
    findDebianMirror([
      '# deb http://off.example/debian/ x main\ndeb [arch=amd64] http://a.example/debian/ x main\n',
    ]),
  ).toBe('http://a.example/debian/');
});

test('finds none where there is none', () => {
  expect(findDebianMirror(['deb cdrom:[Debian]/ bookworm main\n', ''])).toBeUndefined();
});
