/** Whatever stands in labels, it stays text of its own service: no other file, rule, expression or template. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { scalingKindOf } from '../../../../executor/core/scaling-alert.ts';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../../rulegen/adapters/handlebars-rule-templates.ts';
import { checkAnnotationText, fillInServiceText } from '../../../../rulegen/core/alert-text.ts';
import { queriesToCheck } from '../../../../rulegen/core/check-queries.ts';
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import { planRuleChanges } from '../../../../rulegen/core/plan-rule-changes.ts';
import { planRuleFiles, type RulePlan } from '../../../../rulegen/core/plan-rule-files.ts';
import { EMPTY_POLICY } from '../../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { checkRuleFiles } from '../../../real/support/promtool.ts';
import { aService, noWindow } from '../builders.ts';

const render = createRuleTemplates(packageTemplatesFolder());

/** Every expression counts as accepted, and is printed as a harmless one: that a real parser stands there is tested with it. */
function plan(services: readonly Partial<ServiceFacts>[]): RulePlan {
  const judged = services.map((service) => judgeService(aService(service), EMPTY_POLICY, noWindow));
  const accepted = { kind: 'accepted', formatted: 'vector(1) > 2' } as const;
  return planRuleFiles({
    services: judged,
    workers: [],
    render,
    queries: new Map(queriesToCheck(judged).map((text) => [text, accepted])),
    refused: new Map(),
    known: new Map(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
  });
}

const fragment = fc.constantFrom(
  '{{ $value }}',
  '{{ $labels.a | printf "%s" }}',
  '{{ printf "%.2f" $value }}',
  '{{service}}',
  '{{> bounds}}',
  '{{yaml query}}',
  '\\{{',
  '{{- $value -}}',
  '{{',
  '}}',
  '{{$labels.',
  '$value',
  '| humanize',
  '"',
  "'",
  '`',
  '\\',
  '\n      - alert: x\n',
  '\t',
  ' ',
  '\u00a0',
  ': ',
  ' #',
  '*a',
  '!!x',
  '|-',
  '08',
  '\u0000',
  '\u2028',
  '\uFEFF',
  '\u{1F600}',
);
const text = fc.oneof(
  fc.array(fragment, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const key = fc.oneof(
  fc.constantFrom('alert', 'type', 'application', 'team', 'a_b', '__x', 'on', 'null', 'summary', 'severity'),
  text,
);
const name = fc.constantFrom('slow', 'a', 'overloaded', 'x-1', 'web', '../../x', '');
const label = fc.oneof(
  name.map((alert) => `micado.alert.${alert}.expr`),
  name.map((alert) => `micado.alert.${alert}.summary`),
  name.map((alert) => `micado.alert.${alert}.severity`),
  fc
    .tuple(name, fc.constantFrom('label', 'annotation'), key)
    .map(([alert, map, k]) => `micado.alert.${alert}.${map}.${k}`),
  fc.constantFrom('micado.rules', 'micado.query', 'micado.schedule.x', 'micado.scaleup', 'micado.min'),
  text.map((rest) => `micado.${rest}`),
);
const labels = fc.dictionary(label, text, { maxKeys: 6 });
/** A base that is right, so that much of what is hostile gets far. */
const hostile = labels.map((all) => ({
  ...all,
  'micado.alert.slow.expr': 'up',
  'micado.alert.a.expr': 'up',
}));

describe('whatever labels say', () => {
  const victim = { name: 'web', cpuLimitCores: 1 };
  const alone = plan([victim]);

  test('another service’s rules, and those of all, are the same bytes', () => {
    fc.assert(
      fc.property(hostile, (all) => {
        const { files } = plan([{ name: 'evil', labels: all }, victim]);
        for (const file of alone.files)
          expect(files.find((one) => one.name === file.name)?.text).toBe(file.text);
        const others = files
          .map((file) => file.name)
          .filter((one) => !alone.files.some((file) => file.name === one));
        expect(others.filter((one) => one !== 'service-evil.yml' && one !== 'alerts-evil.yml')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('no file of another’s is written or deleted', () => {
    const foreign = ['evil.yml', 'alerts-evil.yml', 'service-evil.yml', 'mine.rules.yml'];
    const stored = foreign.map((file) => ({ name: file, ownText: undefined }));
    fc.assert(
      fc.property(hostile, (all) => {
        const { files, held } = plan([{ name: 'evil', labels: all }]);
        const changes = planRuleChanges(stored, files, held);
        const touched = changes.filter(({ kind }) => kind !== 'keep').map(({ file }) => file);
        expect(touched.filter((file) => foreign.includes(file))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('an alert of its own says it to people word for word, asks for no scaling, and loads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'micado-hostile-'));
    try {
      const written: string[] = [];
      fc.assert(
        fc.property(hostile, (all) => {
          const { files, services } = plan([{ name: 'evil', labels: all }]);
          const file = files.find((one) => one.name === 'alerts-evil.yml');
          expect(file === undefined).toBe(services[0]?.alerts.kind !== 'wanted');
          for (const rule of file?.rules ?? []) {
            expect(scalingKindOf(rule.labels)).toBeUndefined();
            expect(rule.labels).toMatchObject({ alert: 'custom', application: 'evil' });
            expect(rule.labels['type']).toBeUndefined();
            const given = all[`micado.alert.${rule.alert.replace(/^evil_/, '')}.summary` as keyof typeof all];
            if (given !== undefined)
              expect(rule.annotations['summary']).toBe(fillInServiceText(given, 'evil'));
          }
          if (file === undefined || written.length >= 150) return;
          expect(load(file.text)).toBeInstanceOf(Object);
          written.push(join(folder, `${written.length}.yml`));
          writeFileSync(written.at(-1) ?? '', file.text);
        }),
        { numRuns: 600 },
      );
      expect(written.length).toBeGreaterThan(50);
      expect(checkRuleFiles(written).match(/SUCCESS/g)).toHaveLength(written.length);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a text that is let through is a template to Prometheus', () => {
    const folder = mkdtempSync(join(tmpdir(), 'micado-texts-'));
    try {
      const texts = fc
        .sample(text, { numRuns: 4_000, seed: 7 })
        .filter((one) => 'value' in checkAnnotationText(one) && one.includes('{{'));
      const rules = texts.map((summary, index) => ({
        alert: `a${index}`,
        expr: 'up',
        annotations: { summary: fillInServiceText(summary, 'my-service_1') },
      }));
      const file = join(folder, 'texts.yml');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'texts', rules }] }));
      expect(texts.length).toBeGreaterThan(200);
      expect(checkRuleFiles([file])).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each([
    '{{ $value | printf "%.1f" }}',
    '{{- $labels.instance -}}',
    '{{ humanizePercentage $value }}',
    '{{ printf "%s of %s" $labels.a "b" | toUpper | title }}',
    'plain } and { and }} and $value',
  ])('a useful text is let through: %s', (useful) => {
    expect(checkAnnotationText(useful)).toEqual({ value: useful });
  });
});
