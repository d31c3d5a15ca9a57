import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDecisionRecord } from '../../../../executor/core/decision-record.ts';
import { parseObservedAlerts } from '../../../../executor/core/observed-alert.ts';
import { parseWebhook } from '../../../../executor/core/parse-webhook.ts';
import { parseTargetKey, targetOfLabels } from '../../../../executor/core/target.ts';

const WEBHOOK = {
  version: '4',
  groupKey: '{}:{}',
  status: 'firing',
  receiver: 'micado',
  notification_reason: 'first notification',
  alerts: [
    { status: 'firing', labels: { alertname: 'a' }, annotations: {}, fingerprint: '0123456789abcdef' },
  ],
};

describe('a webhook', () => {
  test('of version 4 is read, with fields that nobody has heard of', () => {
    expect(parseWebhook(WEBHOOK)).toEqual({
      ok: true,
      truncatedAlerts: 0,
      alerts: [{ status: 'firing', labels: { alertname: 'a' } }],
    });
  });

  test.each([
    ['no body', undefined, 'empty'],
    ['another version', { ...WEBHOOK, version: '3' }, 'version'],
    ['no alerts', { version: '4' }, 'alerts'],
    [
      'labels that are not text',
      { version: '4', alerts: [{ status: 'firing', labels: { a: 1 } }] },
      'alerts.0.labels',
    ],
    ['an empty object', {}, 'empty'],
    ['a list', [1], 'version 4'],
    ['null', null, 'version 4'],
  ])('with %s is refused, and told why', (_title, body, word) => {
    expect(parseWebhook(body)).toEqual({ ok: false, problem: expect.stringContaining(word) });
  });

  test('of any JSON whatever is read or refused, and nothing is thrown', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => expect(typeof parseWebhook(body).ok).toBe('boolean')));
  });
});

describe('the target of labels', () => {
  test.each([
    [{ type: 'docker', application: 'web' }, 'docker/web'],
    [{ type: 'docker', application: 'my-stack_web.1' }, 'docker/my-stack_web.1'],
    [{ type: 'VM', infra_id: 'i-1', node: 'worker' }, 'VM/i-1/worker'],
  ])('%j is %s, which reads back', (labels, key) => {
    const named = targetOfLabels(labels);
    expect(named).toMatchObject({ ok: true, target: { key } });
    expect(parseTargetKey(key)).toEqual(named.ok ? named.target : undefined);
  });

  test.each([
    [{}, 'label type is missing, must be docker or VM'],
    [{ type: 'k8s' }, 'label type is "k8s", must be docker or VM'],
    [{ type: 'docker' }, 'label application is missing'],
    [{ type: 'docker', application: '../etc' }, 'label application is not a name'],
    [{ type: 'docker', application: 'a/b' }, 'label application is not a name'],
    [{ type: 'VM', node: 'worker' }, 'label infra_id is missing'],
  ])('%j is none: %s', (labels, problem) => {
    expect(targetOfLabels(labels)).toEqual({ ok: false, problem });
  });

  test.each(['', 'docker', 'docker/', 'docker/a/b', 'VM/a', 'x/y', 'docker/a\nb'])(
    '"%s" is no key',
    (key) => {
      expect(parseTargetKey(key)).toBeUndefined();
    },
  );
});

describe('Prometheus’ alerts', () => {
  const answer = (alert: object) => ({ status: 'success', data: { alerts: [alert] } });

  test.each([
    ['1.5e+01', 15],
    ['NaN', Number.NaN],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['', Number.NaN],
  ])('have a value, here "%s"', (value, number) => {
    const json = answer({ state: 'firing', labels: { a: 'b' }, activeAt: '2026-01-01T00:00:00Z', value });
    expect(parseObservedAlerts(json)).toEqual([
      {
        state: 'firing',
        labels: { a: 'b' },
        annotations: {},
        activeAtMs: Date.parse('2026-01-01T00:00:00Z'),
        value: number,
      },
    ]);
  });

  test('in a state that is neither pending nor firing are left out', () => {
    expect(parseObservedAlerts(answer({ state: 'inactive' }))).toEqual([]);
  });

  test.each([[{}], [{ status: 'error', error: 'x' }], ['text'], [null]])('are not read from %j', (json) => {
    expect(parseObservedAlerts(json)).toBeUndefined();
  });
});

test.each(['', '{"time":"2026-01', 'null', '{"time":1}', '[]'])(
  'the line %j is no record of a decision',
  (line) => {
    expect(parseDecisionRecord(line)).toBeUndefined();
  },
);
