/** Users' expressions before the real parser: taken as a whole or refused, never a way out of the brackets or the file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import { createHttpPrometheus } from '../../../rulegen/adapters/http-prometheus.ts';
import { queriesToCheck } from '../../../rulegen/core/check-queries.ts';
import { judgeService } from '../../../rulegen/core/judge-service.ts';
import { planRuleFiles } from '../../../rulegen/core/plan-rule-files.ts';
import { EMPTY_POLICY } from '../../../rulegen/core/policy.ts';
import type { RuleFile } from '../../../rulegen/core/rule-file.ts';
import { createQueryChecker } from '../../../rulegen/query-checker.ts';
import { aService, noWindow } from '../../unit/rulegen/builders.ts';
import { type RealPrometheus, startRealPrometheus } from './real-prometheus.ts';

let prometheus: RealPrometheus;
beforeAll(async () => {
  prometheus = await startRealPrometheus();
}, 30_000);
afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
});

const render = createRuleTemplates(packageTemplatesFolder());

type Planned = {
  readonly kind: string;
  readonly problems: readonly string[];
  readonly file: RuleFile | undefined;
};

async function planOf(query: string): Promise<Planned> {
  const services = [judgeService(aService({ labels: { 'micado.query': query } }), EMPTY_POLICY, noWindow)];
  const queries = await createQueryChecker([createHttpPrometheus(prometheus.url)]).check(
    queriesToCheck(services),
  );
  const plan = planRuleFiles({
    services,
    workers: [],
    render,
    queries,
    refused: new Map(),
    known: new Map(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
  });
  const [service] = plan.services;
  return {
    kind: service?.verdict.kind ?? '',
    problems: service?.problems.map(({ message }) => message) ?? [],
    file: plan.files.find(({ name }) => name === 'service-web.yml'),
  };
}

test.each([
  'up) or vector(1',
  'up #',
  'up # ) or vector(1',
  '1 == bool 1',
  '"text"',
  'up[5m]',
  'rate(up)',
  '{}',
  'sum()',
  'up{job="a\nb"}',
  'up\n      - alert: x',
  '{{ $value }}',
  'up > "a"',
  '/* */ up',
  '',
  ' ',
  '(',
  "up{a='\\''}",
])('takes %j whole or not at all', async (query) => {
  const { kind, file } = await planOf(query);
  expect(kind === 'scaled').toBe(file !== undefined);
  if (file === undefined) return;
  expect(file.rules.map(({ alert }) => alert)).toEqual(['web_overloaded', 'web_underloaded']);
  expect(file.rules[0]?.expr).toMatch(/^sum\(.+\)\n\/ clamp_min\(.+, 1\) > 80$/);
});

test.each([
  { query: 'rate(up)', says: 'expected type range vector' },
  { query: '{}', says: 'must contain at least one non-empty matcher' },
  { query: '1 == 1', says: 'comparisons between scalars must use BOOL modifier' },
  { query: ') or vector(1', says: 'unexpected right parenthesis' },
])('Prometheus itself refuses $query, and the service is told why', async ({ query, says }) => {
  expect(await planOf(query)).toEqual({
    kind: 'quarantined',
    file: undefined,
    problems: [expect.stringContaining(says)],
  });
});

test.each([
  'up{a="x # y"}',
  'up{a=`b\n"c`}',
  'up{a="\\u2028"}',
  'sum by (job) (rate(up[5m] offset 1h)) * 1e6',
  'up @ end()',
])('what it takes, Prometheus loads: %j', async (query) => {
  const { file } = await planOf(query);
  writeFileSync(join(prometheus.rulesDir, 'service-web.yml'), file?.text ?? '');
  expect(await createHttpPrometheus(prometheus.url).reload()).toEqual({ kind: 'reloaded' });
  const [group] = await createHttpPrometheus(prometheus.url).listGroups();
  expect(group?.rules).toHaveLength(2);
});

test('an alert of the user’s own goes the same way: whole, by the real parser, or not at all', async () => {
  const labels = {
    'micado.alert.good.expr': 'sum by (job) (rate(up{job!="{{service}}"}[5m])) > 1',
    'micado.alert.good.keep_firing_for': '1m',
    'micado.alert.good.summary': '{{service}} at {{ $value | humanize }}',
  };
  const filesOf = async (all: Record<string, string>) => {
    const services = [judgeService(aService({ labels: all }), EMPTY_POLICY, noWindow)];
    const checker = createQueryChecker([createHttpPrometheus(prometheus.url)]);
    const queries = await checker.check(queriesToCheck(services));
    const inputs = { services, queries, workers: [], render, refused: new Map(), known: new Map() };
    return planRuleFiles({ ...inputs, scrapeIntervalMs: 2_000, version: '1.0.0' });
  };
  const { files } = await filesOf(labels);
  const file = files.find(({ name }) => name === 'alerts-web.yml');
  writeFileSync(join(prometheus.rulesDir, 'alerts-web.yml'), file?.text ?? '');
  expect(await createHttpPrometheus(prometheus.url).reload()).toEqual({ kind: 'reloaded' });
  const groups = await createHttpPrometheus(prometheus.url).listGroups();
  const loaded = groups.find(({ name }) => name === 'alerts-web');
  expect(loaded?.rules).toEqual([
    expect.objectContaining({
      alert: 'web_good',
      keepFiringForMs: 60_000,
      labels: { alert: 'custom', application: 'web', severity: 'warning' },
      annotations: { summary: 'web at {{ $value | humanize }}' },
    }),
  ]);
  for (const bad of ['up) or vector(1', ') or vector(1', 'up[5m]', '1', '1 == 1', '{}', 'rate(up)']) {
    const { services, quarantined } = await filesOf({ ...labels, 'micado.alert.bad.expr': bad });
    expect([...quarantined]).toEqual(['alerts-web.yml']);
    expect(services[0]?.verdict.kind).toBe('scaled');
    expect(services[0]?.problems).toContainEqual(
      expect.objectContaining({ severity: 'error', where: 'micado.alert.bad.expr', value: bad }),
    );
  }
});

test('what it takes of any text, loads', async () => {
  const parts = fc.constantFrom(
    'up',
    '(',
    ')',
    '"',
    "'",
    '`',
    '{',
    '}',
    '[5m]',
    ' or ',
    'sum',
    '#',
    '\n',
    '\\',
    '1',
    '{{',
    ' + ',
    'a="b"',
    '\u2028',
  );
  const text = fc.oneof(
    fc.array(parts, { maxLength: 8 }).map((all) => all.join('')),
    fc.string({ unit: 'binary' }),
  );
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(text, async (query) => {
      const { kind, file } = await planOf(query);
      expect(['scaled', 'quarantined']).toContain(kind);
      if (file === undefined) return;
      taken += 1;
      writeFileSync(join(prometheus.rulesDir, 'service-web.yml'), file.text);
      expect(await createHttpPrometheus(prometheus.url).reload()).toEqual({ kind: 'reloaded' });
    }),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(0);
}, 30_000);
