/** What users of such systems complain of most, as far as rules have to do with it. */
import { describe, expect, test } from '@jest/globals';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import { judgeService } from '../../../rulegen/core/judge-service.ts';
import { planRuleChanges } from '../../../rulegen/core/plan-rule-changes.ts';
import { planRuleFiles, type RulePlan } from '../../../rulegen/core/plan-rule-files.ts';
import { EMPTY_POLICY } from '../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';
import { aService, noWindow } from './builders.ts';

const render = createRuleTemplates(packageTemplatesFolder());

function planOf(...services: readonly Partial<ServiceFacts>[]): RulePlan {
  const formatted = 'queue_messages';
  return planRuleFiles({
    services: services.map((service) => judgeService(aService(service), EMPTY_POLICY, noWindow)),
    workers: [],
    render,
    queries: new Map([[formatted, { kind: 'accepted', formatted }]]),
    refused: new Map(),
    known: new Map(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
  });
}
/** What happens to the folder that one plan made when the next one comes. */
function changesFrom(before: RulePlan, now: RulePlan): readonly string[] {
  const stored = before.files.map(({ name, text }) => ({ name, ownText: text }));
  return planRuleChanges(stored, now.files, now.held)
    .filter(({ kind }) => kind !== 'keep')
    .map(({ kind, file }) => `${kind} ${file}`);
}
const deciders = ({ files }: RulePlan) =>
  files.filter(({ name }) => name.startsWith('service-')).flatMap(({ rules }) => rules);
const own = { 'micado.alert.slow.expr': 'queue_messages' };

describe('complaint 3, rules of removed or relabelled services stay:', () => {
  test.each<[string, Partial<ServiceFacts>[], string[]]>([
    ['a removed service leaves no file', [], ['delete service-web.yml', 'delete alerts-web.yml']],
    [
      'a renamed one takes its rules along',
      [{ name: 'shop', labels: own }],
      ['write service-shop.yml', 'write alerts-shop.yml', 'delete service-web.yml', 'delete alerts-web.yml'],
    ],
    [
      'one that opts out keeps only its own alerts',
      [{ labels: { ...own, 'micado.scale': 'false' } }],
      ['delete service-web.yml'],
    ],
    ['one that loses its alerts loses their file', [{}], ['delete alerts-web.yml']],
    [
      'one made anew under its name writes its new id',
      [{ id: 'new', labels: own }],
      ['write service-web.yml'],
    ],
  ])('%s', (_title, services, expected) => {
    expect(changesFrom(planOf({ labels: own }), planOf(...services))).toEqual(expected);
  });
});

describe('complaint 9, a service at zero replicas loses its rules and never comes back:', () => {
  const labels = { 'micado.query': 'queue_messages', 'micado.min': '0', 'micado.strategy': 'target' };

  test('replicas are nothing that rules are made of, so they stay as they are', () => {
    const facts: Record<keyof ServiceFacts, unknown> = aService();
    expect(Object.keys(facts)).not.toContain('replicas');
    expect(deciders(planOf({ labels }))).toHaveLength(2);
  });

  test('what wakes it looks at its query and the manager’s gauges, and at none of its containers', () => {
    const [up] = deciders(planOf({ labels }));
    expect(up?.expr).toContain('queue_messages');
    expect(up?.expr).not.toContain('container_');
  });

  test('0 without a query, from which nothing would wake it, is refused', () => {
    expect(planOf({ labels: { 'micado.min': '0' } }).services[0]?.problems).toContainEqual(
      expect.objectContaining({ severity: 'error', where: 'micado.min' }),
    );
  });
});

test('complaint 13, bounds and scaling belong to the service: labels alone are enough', () => {
  const [up, down] = deciders(planOf({ labels: { 'micado.min': '2', 'micado.max': '7' } }));
  expect(up?.annotations).toMatchObject({ min: '2', max: '7' });
  expect(down?.annotations).toMatchObject({ min: '2', max: '7' });
  expect(down?.expr).toContain('> 2');
});

describe('complaint 18, a change resets the time of an alert, and a value in a label is a new alert:', () => {
  const changes: readonly Partial<ServiceFacts>[] = [
    { labels: { 'micado.scaleup': '70', 'micado.scaledown': '5' } },
    { labels: { 'micado.scaleup.for': '10s', 'micado.scaledown.for': '9m' } },
    { labels: { 'micado.min': '3', 'micado.max': '30' } },
    { labels: { 'micado.strategy': 'target', 'micado.target': '50' } },
    { labels: { 'micado.metric': 'memory' } },
    { labels: { 'micado.query': 'queue_messages' } },
    { cpuLimitCores: 0.2 },
    { id: 'made-anew' },
  ];
  test.each(changes)('names and labels are the same after %j', (change) => {
    const identity = (facts: Partial<ServiceFacts>) =>
      deciders(planOf({ cpuLimitCores: 1, memoryLimitBytes: 2 ** 30, ...facts })).map(
        ({ alert, labels }) => ({
          alert,
          labels,
        }),
      );
    expect(identity(change)).toEqual(identity({}));
  });

  test('no label of any rule holds a value', () => {
    const rules = planOf({ labels: own }).files.flatMap((file) => file.rules);
    expect(
      rules.flatMap(({ labels }) => Object.values(labels)).filter((text) => text.includes('{{')),
    ).toEqual([]);
  });

  test('what the executor writes into labels changes no byte', () => {
    const state = { 'micado.state.at': '2026-01-01T00:00:00Z', 'micado.state.replicas': '4' };
    expect(changesFrom(planOf({ labels: {} }), planOf({ labels: state }))).toEqual([]);
  });
});

describe('complaint 19, replicas flap around the threshold:', () => {
  test('a pair of thresholds that must flap is pointed out', () => {
    const { services } = planOf({
      cpuLimitCores: 1,
      labels: { 'micado.scaleup': '60', 'micado.scaledown': '40' },
    });
    expect(services[0]?.problems).toEqual([
      expect.objectContaining({ severity: 'warning', where: 'micado.scaledown' }),
    ]);
  });

  test('an alert downwards says where the threshold upwards lies, so that no step crosses it', () => {
    const [up, down] = deciders(planOf({ labels: { 'micado.scaleup': '60' } }));
    expect(up?.annotations['scaleup']).toBe('60');
    expect(down?.annotations['scaleup']).toBe('60');
  });

  test('the way down takes longer than the way up, unless somebody says otherwise', () => {
    const [up, down] = deciders(planOf({}));
    expect([up?.for, down?.for]).toEqual(['2s', '2m']);
    expect([up?.annotations['cooldown'], down?.annotations['cooldown']]).toEqual(['30s', '2m']);
  });
});
