import { describe, expect, test } from '@jest/globals';
import { type JudgedService, judgeService } from '../../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import type { OwnAlert } from '../../../../rulegen/core/resolve-alerts.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { aService, noWindow } from '../builders.ts';

function judge(labels: Record<string, string>, policy: unknown = {}, facts: Partial<ServiceFacts> = {}) {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return judgeService(aService({ cpuLimitCores: 1, labels, ...facts }), parsed.policy, noWindow);
}
const alertsOf = ({ alerts }: JudgedService): readonly OwnAlert[] =>
  alerts.kind === 'wanted' ? alerts.alerts : [];

describe('alerts of the user’s own', () => {
  test('take every field, and the service’s name wherever it is asked for', () => {
    const judged = judge({
      'micado.alert.slow.expr': 'latency{job="{{service}}"} > 2',
      'micado.alert.slow.for': '1m',
      'micado.alert.slow.keep_firing_for': '5m',
      'micado.alert.slow.severity': 'critical',
      'micado.alert.slow.summary': '{{ service }} takes {{ $value | humanizeDuration }}',
      'micado.alert.slow.label.team': 'team-{{service}}',
      'micado.alert.slow.annotation.hint': 'two\nlines of {{ $labels.job }}',
    });
    expect(judged).toMatchObject({ verdict: { kind: 'scaled' }, problems: [] });
    expect(alertsOf(judged)).toEqual([
      {
        name: 'slow',
        alert: 'web_slow',
        expr: { text: 'latency{job="web"} > 2', from: 'micado.alert.slow.expr' },
        forMs: 60_000,
        keepFiringForMs: 300_000,
        severity: 'critical',
        labels: { team: 'team-web' },
        annotations: {
          summary: 'web takes {{ $value | humanizeDuration }}',
          hint: 'two\nlines of {{ $labels.job }}',
        },
      },
    ]);
  });

  test('need an expression only', () => {
    expect(alertsOf(judge({ 'micado.alert.gone.expr': 'absent(up)' }))).toEqual([
      expect.objectContaining({
        alert: 'web_gone',
        forMs: 0,
        keepFiringForMs: 0,
        severity: 'warning',
        labels: {},
        annotations: { summary: 'web: gone' },
      }),
    ]);
  });

  test('come field by field from labels, then services, then defaults', () => {
    const [alert] = alertsOf(
      judge(
        { 'micado.alert.slow.for': '1m', 'micado.alert.slow.label.a': 'label' },
        {
          defaults: {
            alert: { slow: { expr: 'up == 0', for: '9m', label: { a: 'defaults', b: 'defaults' } } },
          },
          services: { web: { alert: { slow: { severity: 'info', label: { b: 'services' } } } } },
        },
      ),
    );
    expect(alert).toMatchObject({
      expr: { text: 'up == 0', from: 'defaults.alert.slow.expr' },
      forMs: 60_000,
      severity: 'info',
      labels: { a: 'label', b: 'services' },
    });
  });

  test.each<[string, Partial<ServiceFacts>]>([
    ['a global service', { mode: 'global' }],
    ['an opted-out service', { labels: { 'micado.scale': 'false', 'micado.alert.a.expr': 'up' } }],
    ['a part of the stack', { labels: { 'micado.part': 'x', 'micado.alert.a.expr': 'up' } }],
  ])('are there for %s too', (_title, facts) => {
    const judged = judge({ 'micado.alert.a.expr': 'up' }, {}, facts);
    expect(judged.verdict.kind).toBe('not_scaled');
    expect(alertsOf(judged)).toHaveLength(1);
  });

  test.each<[string, string, string, RegExp]>([
    [
      'the label alert',
      'a.label.alert',
      'overloaded',
      /label alert belongs to micado: with it the alert could scale/,
    ],
    ['the label type', 'a.label.type', 'docker', /belongs to micado/],
    ['the label application', 'a.label.application', 'other', /belongs to micado/],
    ['the label alertname', 'a.label.alertname', 'x', /belongs to micado/],
    ['the label node', 'a.label.node', 'worker', /belongs to micado/],
    ['the severity as a label', 'a.label.severity', 'x', /is set by severity/],
    ['the summary as an annotation', 'a.annotation.summary', 'x', /is set by summary/],
    ['the name of a scaling alert', 'overloaded.expr', 'up', /a scaling alert has this name/],
    ['a name that ends like one', 'api_underloaded.expr', 'up', /a scaling alert has this name/],
    ['a name that begins with a digit', '1.expr', 'up', /must be a letter/],
    ['no name', '.expr', 'up', /must be a letter/],
    ['no field', 'a', 'up', /an alert has expr, for/],
    ['a misspelt field', 'a.exp', 'up', /did you mean "expr"/],
    ['a field with more', 'a.for.x', '1m', /an alert has expr, for/],
    ['a label without a name', 'a.label', 'x', /name of a label must be/],
    ['a label of Prometheus itself', 'a.label.__name__', 'x', /name of a label must be/],
    ['a label that varies', 'a.label.v', '{{ $value }}', /belongs into an annotation/],
    ['an unknown function', 'a.summary', '{{ $value | shout }}', /\{\{ \}\} holds/],
    ['a query in a text', 'a.summary', '{{ query "up" }}', /\{\{ \}\} holds/],
    ['an open brace', 'a.summary', '{{ $value', /\{\{ \}\} holds/],
    ['a severity of two words', 'a.severity', 'very bad', /one word/],
    ['a time without a unit', 'a.for', '30', /a duration such as/],
    ['an empty expression', 'a.expr', ' ', /some text/],
  ])('refuse %s, and scaling goes on', (_title, path, value, message) => {
    const judged = judge({ 'micado.alert.fine.expr': 'up', [`micado.alert.${path}`]: value });
    expect(judged.problems).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        where: `micado.alert.${path}`,
        value,
        message: expect.stringMatching(message),
      }),
    );
    expect(judged).toMatchObject({ verdict: { kind: 'scaled' }, alerts: { kind: 'quarantined' } });
  });

  test('without an expression anywhere are refused by name', () => {
    expect(judge({ 'micado.alert.a.for': '1m' }).problems).toEqual([
      expect.objectContaining({
        where: 'micado.alert.a.expr',
        message: expect.stringContaining('is missing'),
      }),
    ]);
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      'a reserved label',
      { defaults: { alert: { a: { label: { type: 'x' } } } } },
      'defaults.alert.a.label.type',
      /belongs to micado/,
    ],
    [
      'a scaling alert’s name',
      { defaults: { alert: { overloaded: {} } } },
      'defaults.alert.overloaded',
      /scaling alert/,
    ],
    [
      'an unknown field',
      { defaults: { alert: { a: { exp: 'up' } } } },
      'defaults.alert.a.exp',
      /did you mean "expr"/,
    ],
    ['the plural', { services: { web: { alerts: {} } } }, 'services.web.alerts', /did you mean "alert"/],
  ])('refuse %s in the policy file by the same words', (_title, policy, where, message) => {
    const parsed = parsePolicy(policy);
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      expect.objectContaining({ where, message: expect.stringMatching(message) }),
    ]);
  });
});
