import { expect, test } from '@jest/globals';
import { answersOneShotAtOnce } from '../../../../exporter/core/engine-version.ts';

test.each([
  ['20.10.24', false],
  ['20.10.24+dfsg1', false],
  ['23.0.9', false],
  ['23.0.10', true],
  ['24.0.6', false],
  ['24.0.7', true],
  ['24.1.0', true],
  ['25.0.0', true],
  ['29.1.2-ce', true],
  ['dev', false],
  ['', false],
])('engine %s gives one-shot stats at once: %s', (version, quick) => {
  expect(answersOneShotAtOnce(version)).toBe(quick);
});
