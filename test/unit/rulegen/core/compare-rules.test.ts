import { describe, expect, test } from '@jest/globals';
import { compareRules, type LoadedGroup, type LoadedRule } from '../../../../rulegen/core/compare-rules.ts';
import type { AlertRule, RuleFile } from '../../../../rulegen/core/rule-file.ts';

const aRule = (overrides: Partial<AlertRule> = {}): AlertRule => ({
  alert: 'web_overloaded',
  expr: 'sum(\n  up\n) > 1',
  for: '1m30s',
  keepFiringFor: '0s',
  labels: { alert: 'overloaded' },
  annotations: { min: '1' },
  ...overrides,
});
const aFile = (rules: readonly AlertRule[] = [aRule()], name = 'service-web.yml'): RuleFile => ({
  name,
  text: '',
  rules,
});
const aLoadedRule = (overrides: Partial<LoadedRule> = {}): LoadedRule => ({
  alert: 'web_overloaded',
  query: 'sum(up) > 1',
  forMs: 90_000,
  keepFiringForMs: 0,
  labels: { alert: 'overloaded' },
  annotations: { min: '1' },
  ...overrides,
});
const aGroup = (overrides: Partial<LoadedGroup> = {}): LoadedGroup => ({
  file: '/etc/prometheus/rules/service-web.yml',
  name: 'service-web',
  rules: [aLoadedRule()],
  ...overrides,
});
const none = new Set<string>();

describe('what Prometheus runs, against the files', () => {
  test('is the same whatever its white space and the folder that it sees', () => {
    expect(compareRules([aFile()], [aGroup()], none)).toEqual([]);
  });

  test.each<[string, LoadedGroup[], string]>([
    ['nothing', [], 'missing'],
    ['a group of another name', [aGroup({ name: 'other' })], 'missing'],
    [
      'a file whose name only begins so',
      [aGroup({ file: '/r/service-web-2.yml', name: 'service-web-2' })],
      'missing',
    ],
    ['another alert', [aGroup({ rules: [aLoadedRule({ alert: 'x' })] })], 'differs'],
    ['another time', [aGroup({ rules: [aLoadedRule({ forMs: 1 })] })], 'differs'],
    ['another annotation', [aGroup({ rules: [aLoadedRule({ annotations: { min: '2' } })] })], 'differs'],
    [
      'one label more',
      [aGroup({ rules: [aLoadedRule({ labels: { alert: 'overloaded', x: 'y' } })] })],
      'differs',
    ],
    ['one rule more', [aGroup({ rules: [aLoadedRule(), aLoadedRule()] })], 'differs'],
  ])('is not the same when it runs %s', (_title, groups, kind) => {
    expect(compareRules([aFile()], groups, none)).toEqual([{ kind, file: 'service-web.yml' }]);
  });

  test('an expression in another form is asked about, and then it is either that or not', () => {
    const file = aFile([aRule({ expr: 'up > 1000000' })]);
    const loaded = [aGroup({ rules: [aLoadedRule({ query: 'up > 1e+06' })] })];
    expect(compareRules([file], loaded, none)).toEqual([
      { kind: 'query', file: 'service-web.yml', expr: 'up > 1000000' },
    ]);
    expect(compareRules([file], loaded, none, new Map([['up > 1000000', 'up > 1e+06']]))).toEqual([]);
    expect(compareRules([file], loaded, none, new Map([['up > 1000000', 'up > 2e+06']]))).toEqual([
      { kind: 'differs', file: 'service-web.yml' },
    ]);
  });

  test('a group of ours that nobody wants any more is left over, a foreign one is not', () => {
    const old = aGroup({ file: '/etc/prometheus/rules/service-old.yml', name: 'service-old' });
    const elsewhere = aGroup({ file: '/home/them/service-old.yml', name: 'service-old' });
    expect(compareRules([aFile()], [aGroup(), old], none)).toEqual([
      { kind: 'leftover', file: 'service-old.yml' },
    ]);
    expect(compareRules([aFile()], [aGroup(), elsewhere], none)).toEqual([]);
    expect(compareRules([aFile()], [aGroup(), old], new Set(['service-old.yml']))).toEqual([]);
  });

  test('a file of the same name elsewhere does not hide ours', () => {
    const theirs = aGroup({ file: '/home/them/service-web.yml', rules: [] });
    expect(compareRules([aFile()], [theirs, aGroup()], none)).toEqual([]);
  });
});
