import { expect, test } from '@jest/globals';
import { judgeEvaluations, type RuleEvaluation } from '../../../../rulegen/core/judge-evaluations.ts';

const ours = new Set(['service-web.yml', 'cluster.yml']);
const evaluation = (overrides: Partial<RuleEvaluation> = {}): RuleEvaluation => ({
  file: '/etc/prometheus/rules/service-web.yml',
  alert: 'web_overloaded',
  health: 'ok',
  lastError: '',
  ...overrides,
});

test('rules that were evaluated and work need nothing', () => {
  expect(judgeEvaluations([evaluation()], ours)).toEqual({ pending: 0, failing: [] });
});

test('a rule that was not evaluated yet is pending', () => {
  const evaluations = [evaluation({ health: 'unknown' }), evaluation({ alert: 'web_underloaded' })];
  expect(judgeEvaluations(evaluations, ours).pending).toBe(1);
});

test('a rule that fails is named with its file and the words of Prometheus', () => {
  const failing = evaluation({ health: 'err', lastError: 'many-to-many matching' });
  expect(judgeEvaluations([failing], ours).failing).toEqual([
    { file: 'service-web.yml', alert: 'web_overloaded', message: 'many-to-many matching' },
  ]);
});

test.each(['/etc/prometheus/rules/service-other.yml', '/etc/prometheus/rules/mine.yml'])(
  'rules of %s are nobody’s business here',
  (file) => {
    const evaluations = [evaluation({ file, health: 'err' }), evaluation({ file, health: 'unknown' })];
    expect(judgeEvaluations(evaluations, ours)).toEqual({ pending: 0, failing: [] });
  },
);
