import { describe, expect, test } from '@jest/globals';
import { findSuppression, type Matcher, silenceMatches } from '../../../../executor/core/suppression.ts';
import { NOW_MS } from '../builders.ts';

const LABELS = { alertname: 'web_overloaded', application: 'web' };
const silence = (matchers: readonly Matcher[], startsAtMs = NOW_MS - 1_000, endsAtMs = NOW_MS + 1_000) => ({
  id: 's1',
  startsAtMs,
  endsAtMs,
  matchers,
});
const matcher = (name: string, value: string, options: Partial<Matcher> = {}): Matcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...options,
});

describe('a silence', () => {
  test.each<readonly [title: string, matchers: readonly Matcher[], matches: boolean]>([
    ['an equal label', [matcher('application', 'web')], true],
    ['another value', [matcher('application', 'api')], false],
    ['all of several', [matcher('application', 'web'), matcher('alertname', 'web_overloaded')], true],
    ['one of several only', [matcher('application', 'web'), matcher('alertname', 'x')], false],
    ['an expression over the whole value', [matcher('alertname', 'web_.*', { isRegex: true })], true],
    ['an expression over a part of it', [matcher('alertname', 'web', { isRegex: true })], false],
    ['alternatives, anchored as a whole', [matcher('application', 'api|web', { isRegex: true })], true],
    ['an inequality', [matcher('application', 'api', { isEqual: false })], true],
    ['a negative expression', [matcher('application', 'w.b', { isRegex: true, isEqual: false })], false],
    ['a label that is absent, as empty', [matcher('team', '')], true],
    ['an absent label by value', [matcher('team', 'a')], false],
    ['an expression with Go’s flags', [matcher('application', '(?i)WEB', { isRegex: true })], true],
    [
      'an expression that only Go reads, to be safe',
      [matcher('application', '[[:alpha:]](?P<x>', { isRegex: true })],
      true,
    ],
  ])('matches (or not) %s', (_title, matchers, matches) => {
    expect(silenceMatches(silence(matchers), LABELS, NOW_MS)).toBe(matches);
  });

  test.each([
    ['before it starts', NOW_MS + 1, NOW_MS + 2],
    ['when it has ended', NOW_MS - 2, NOW_MS],
  ])('matches nothing %s', (_title, startsAtMs, endsAtMs) => {
    expect(silenceMatches(silence([], startsAtMs, endsAtMs), LABELS, NOW_MS)).toBe(false);
  });
});

describe('whether an alert is suppressed', () => {
  const all = silence([matcher('application', 'web')]);

  test('is Alertmanager’s word where it lists the alert, not ours', () => {
    const listed = [{ labels: { ...LABELS, monitor: 'a' }, silencedBy: [], inhibitedBy: [] }];
    expect(findSuppression(LABELS, { listed, silences: [all] }, NOW_MS)).toBeUndefined();
  });

  test('is not told by another service’s alert', () => {
    const listed = [{ labels: { ...LABELS, application: 'web2' }, silencedBy: ['s9'], inhibitedBy: [] }];
    expect(findSuppression(LABELS, { listed, silences: [] }, NOW_MS)).toBeUndefined();
  });

  test('names the silences', () => {
    expect(findSuppression(LABELS, { listed: [], silences: [all] }, NOW_MS)).toEqual({
      by: 'silenced',
      ids: ['s1'],
    });
  });
});
