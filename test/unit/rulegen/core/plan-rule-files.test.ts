import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SERVICE_LABEL } from '../../../../internal/contract/labels.ts';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../../rulegen/adapters/handlebars-rule-templates.ts';
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import { planRuleFiles, type RuleInputs, type RulePlan } from '../../../../rulegen/core/plan-rule-files.ts';
import { EMPTY_POLICY } from '../../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { checkRuleFiles } from '../../../real/support/promtool.ts';
import { aService, noWindow } from '../builders.ts';

const render = createRuleTemplates(packageTemplatesFolder());

function plan(services: readonly Partial<ServiceFacts>[], overrides: Partial<RuleInputs> = {}): RulePlan {
  return planRuleFiles({
    services: services.map((service) => judgeService(aService(service), EMPTY_POLICY, noWindow)),
    workers: [],
    render,
    queries: new Map(),
    refused: new Map(),
    known: new Map(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
    ...overrides,
  });
}
const textOf = ({ files }: RulePlan, name: string): string =>
  files.find((file) => file.name === name)?.text ?? '';

describe('the plan', () => {
  test('always holds the file that serves all services', () => {
    expect(plan([]).files.map(({ name }) => name)).toEqual(['cluster.yml']);
  });

  test('makes the same bytes of the same input', () => {
    const services = [{ name: 'a' }, { name: 'b', cpuLimitCores: 0.3 }];
    expect(plan(services)).toEqual(plan(services));
  });

  test('does not depend on what the executor writes into labels', () => {
    const labels = { 'micado.max': '4' };
    const state = { ...labels, 'micado.state.at': 'x', 'micado.state.replicas': '3' };
    expect(textOf(plan([{ labels: state }]), 'service-web.yml')).toBe(
      textOf(plan([{ labels }]), 'service-web.yml'),
    );
  });

  test('matches the series of exactly one service, although another begins with its name', () => {
    const text = textOf(plan([{ name: 'web' }, { name: 'web-2' }]), 'service-web.yml');
    expect(text).toContain('service_name="web"}');
    expect(text).not.toContain('web-2');
    expect(text).not.toContain('=~');
  });

  test('keeps the labels of an alert when anything but the name changes', () => {
    const labelsOf = (service: Partial<ServiceFacts>) =>
      plan([service]).files.flatMap(({ rules }) => rules.map(({ alert, labels }) => ({ alert, labels })));
    const changed = {
      id: 'new',
      cpuLimitCores: 2,
      labels: { 'micado.scaleup': '70', 'micado.max': '3', 'micado.strategy': 'target' },
    };
    expect(labelsOf(changed)).toEqual(labelsOf({}));
  });

  test('looks back over three scrapes', () => {
    expect(textOf(plan([{}], { scrapeIntervalMs: 5_000 }), 'service-web.yml')).toContain('[15s]');
  });

  test('holds the file of a service whose query is not checked, and leaves out a refused one with its reason', () => {
    const labels = { 'micado.query': 'up)' };
    const waiting = plan([{ labels }]);
    expect(waiting.services[0]?.verdict.kind).toBe('waiting');
    expect([...waiting.held]).toEqual(['service-web.yml']);
    const refused = plan([{ labels }], {
      queries: new Map([['up)', { kind: 'refused', message: 'stray bracket' }]]),
    });
    expect(refused.services[0]).toMatchObject({
      verdict: { kind: 'quarantined' },
      problems: [{ where: 'micado.query', value: 'up)', message: 'stray bracket' }],
    });
  });

  test('does not offer a text again that Prometheus refused, and offers a new one', () => {
    const text = textOf(plan([{ cpuLimitCores: 1 }]), 'service-web.yml');
    const refused = new Map([['service-web.yml', { text, message: 'because' }]]);
    expect(plan([{ cpuLimitCores: 1 }], { refused }).services[0]).toMatchObject({
      verdict: { kind: 'quarantined' },
      problems: [{ where: 'service-web.yml', message: expect.stringContaining('because') }],
    });
    expect(plan([{ cpuLimitCores: 2 }], { refused }).services[0]?.verdict.kind).toBe('scaled');
  });

  test('quarantines only the service whose template fails', () => {
    const broken: RuleInputs['render'] = (family, view) =>
      JSON.stringify(view).includes('odd') ? { text: 'groups: []' } : render(family, view);
    const { files, services } = plan([{ name: 'odd' }, { name: 'web' }], { render: broken });
    expect(services.map(({ verdict }) => verdict.kind)).toEqual(['quarantined', 'scaled']);
    expect(files.map(({ name }) => name)).toEqual(['service-web.yml', 'cluster.yml']);
  });

  test('makes no file outside the folder of any name', () => {
    const { files, services } = plan([{ name: '../../etc/x' }]);
    expect(files.map(({ name }) => name)).toEqual(['cluster.yml']);
    expect(services[0]?.verdict.kind).toBe('quarantined');
  });
});

describe('whatever labels say', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '80',
      '0',
      '2s',
      '50%',
      'target',
      'step',
      '") or vector(1',
      'a: b',
      "'",
      '"',
      '{{ $value }}',
      '\n- x',
      '#',
      '|-',
      '*a',
      '!!x',
    ),
  );
  const label = fc.constantFrom(
    ...Object.values(SERVICE_LABEL).filter((name) => name !== SERVICE_LABEL.query),
    'micado.state.at',
    'com.example.x',
  );
  const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,20}[a-zA-Z0-9]$/);
  const service = fc.record({
    name,
    id: hostile,
    labels: fc.dictionary(label, hostile, { maxKeys: 4 }),
    cpuLimitCores: fc.constantFrom(undefined, 0.05, 1, 12.5),
    memoryLimitBytes: fc.constantFrom(undefined, 6_291_456, 2 ** 40),
  });

  test('a service has a file with its two alerts that promtool accepts, or none and a reason', () => {
    const folder = mkdtempSync(join(tmpdir(), 'micado-hostile-'));
    try {
      const written = new Set<string>();
      fc.assert(
        fc.property(service, (facts) => {
          const { files, services, problems } = plan([facts]);
          expect(problems).toEqual([]);
          const file = files.find((one) => one.name.startsWith('service-'));
          const kind = services[0]?.verdict.kind;
          expect(file === undefined).toBe(kind !== 'scaled');
          if (kind === 'quarantined') expect(services[0]?.problems.length).toBeGreaterThan(0);
          if (file === undefined) return;
          expect(file.rules.map(({ alert }) => alert)).toEqual([
            `${facts.name}_overloaded`,
            `${facts.name}_underloaded`,
          ]);
          for (const { labels, annotations } of file.rules) {
            expect(Object.keys(labels).sort()).toEqual(['alert', 'application', 'type']);
            expect(annotations['service_id']).toBe(facts.id);
          }
          if (written.size < 100) {
            const path = join(folder, `${written.size}.yml`);
            writeFileSync(path, file.text);
            written.add(path);
          }
        }),
        { numRuns: 500 },
      );
      expect(written.size).toBeGreaterThan(20);
      expect(checkRuleFiles([...written]).match(/SUCCESS/g)).toHaveLength(written.size);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('a pool of any allowed name gets a file of its own', () => {
  const parsed = parsePolicy({ workers: [{ name: 'gpu-1_b' }] });
  expect(parsed.ok).toBe(true);
  const { files } = plan([], { workers: parsed.ok ? parsed.policy.workers : [] });
  expect(files.map(({ name }) => name)).toEqual(['workers-gpu-1_b.yml', 'cluster.yml']);
});

describe('alerts of the user’s own', () => {
  const labels = { 'micado.alert.slow.expr': 'rate(x[3s]) > 1' };
  const accepted = new Map([
    ['rate(x[3s]) > 1', { kind: 'accepted', formatted: 'rate(x[3s]) > 1' } as const],
  ]);
  const refused = new Map([['rate(x[3s]) > 1', { kind: 'refused', message: 'bad' } as const]]);

  test('stand in a file of their own', () => {
    const { files, held } = plan([{ labels }], { queries: accepted });
    expect(files.map(({ name }) => name)).toEqual(['service-web.yml', 'alerts-web.yml', 'cluster.yml']);
    expect([...held]).toEqual([]);
  });

  test('that Prometheus refuses hold their own file, and the service is scaled', () => {
    const { files, held, quarantined, services } = plan([{ labels }], { queries: refused });
    expect(files.map(({ name }) => name)).toEqual(['service-web.yml', 'cluster.yml']);
    expect([...held]).toEqual(['alerts-web.yml']);
    expect([...quarantined]).toEqual(['alerts-web.yml']);
    expect(services[0]?.verdict.kind).toBe('scaled');
    expect(services[0]?.problems).toContainEqual(
      expect.objectContaining({ severity: 'error', where: 'micado.alert.slow.expr', message: 'bad' }),
    );
  });

  test('that could not be checked wait, which is no fault of theirs', () => {
    const { held, quarantined, services } = plan([{ labels }]);
    expect([...held]).toEqual(['alerts-web.yml']);
    expect(quarantined.size).toBe(0);
    expect(services[0]?.alerts.kind).toBe('waiting');
  });

  test('that look back over less than two scrapes are shown as such', () => {
    const warned = (scrapeIntervalMs: number) =>
      plan([{ cpuLimitCores: 1, labels }], { queries: accepted, scrapeIntervalMs }).services[0]?.problems;
    expect(warned(2_000)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        where: 'micado.alert.slow.expr',
        message: 'looks back over 3s, in which less than two scrapes fall: one comes every 2s',
      }),
    ]);
    expect(warned(1_500)).toEqual([]);
  });
});
