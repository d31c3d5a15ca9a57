/** The rules speak the language of `internal/contract`: series that the exporter emits, labels that the executor reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { PART_NAMES } from '../../../deploy/core/stack-layout.ts';
import { scalingKindOf } from '../../../executor/core/scaling-alert.ts';
import { ALERT_ANNOTATION, ALERT_KIND, ALERT_LABEL, ALERT_TYPE } from '../../../internal/contract/alerts.ts';
import {
  CONTAINER_METRIC,
  EXECUTOR_METRIC,
  MACHINE_METRIC,
  RULEGEN_METRIC,
  SWARM_METRIC,
} from '../../../internal/contract/metrics.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

const GOLDEN = fileURLToPath(new URL('../../golden/rulegen', import.meta.url));
const rules = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\/out\/.+\.yml$/.test(path))
  .flatMap((path) => {
    const document = load(readFileSync(join(GOLDEN, path), 'utf8')) as {
      readonly groups: readonly { rules: Rule[] }[];
    };
    return document.groups.flatMap((group) => group.rules);
  });

/** Without alerts of the user's own, whose labels and annotations are anything that does not scale. */
const ofMicado = rules.filter(({ labels }) => labels['alert'] !== ALERT_KIND.custom);

/** Prometheus' own, and the queries of the golden cases. */
const OTHER_SERIES = ['up', 'ALERTS', 'queue_messages', 'jobs_waiting'];

test('an alert of the user’s own never carries what the executor acts upon', () => {
  const own = rules.filter((rule) => !ofMicado.includes(rule));
  expect(own.length).toBeGreaterThan(2);
  expect(own.filter((rule) => scalingKindOf(rule.labels) !== undefined)).toEqual([]);
  expect(own.filter(({ labels }) => labels['type'] !== undefined)).toEqual([]);
});

/** Series that the rules read. A label is told from them by the `=` behind it, or by its name where a function is given it. */
const read = new Set(
  rules
    .flatMap(({ expr }) => expr.match(/\b(container|machine|swarm|micado)_[a-z_]+(?=[^a-z_=!])/g) ?? [])
    .filter((name) => !name.startsWith('container_label_')),
);

describe('the rules', () => {
  test('are many, so that the tests below mean something', () => {
    expect(rules.length).toBeGreaterThan(15);
  });

  test('read only series that the contract knows', () => {
    const known = new Set<string>(
      [CONTAINER_METRIC, MACHINE_METRIC, SWARM_METRIC, RULEGEN_METRIC, EXECUTOR_METRIC].flatMap((names) =>
        Object.values(names),
      ),
    );
    expect([...read].filter((name) => !known.has(name) && !OTHER_SERIES.includes(name))).toEqual([]);
    for (const name of [...Object.values(CONTAINER_METRIC), ...Object.values(MACHINE_METRIC)])
      expect(read).toContain(name);
  });

  test('read what the exporter really emits', () => {
    const scrapes = fileURLToPath(new URL('../../golden/exporter', import.meta.url));
    const emitted = new Set(
      readdirSync(scrapes, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('/out.prom'))
        .flatMap((path) => readFileSync(join(scrapes, path), 'utf8').match(/(?<=^# TYPE )\w+/gm) ?? []),
    );
    expect([...read].filter((name) => !name.startsWith('micado_') && !emitted.has(name))).toEqual([]);
  });

  test('carry only labels and values that the contract knows', () => {
    const labels: readonly string[] = [...Object.values(ALERT_LABEL), 'severity'];
    expect(
      ofMicado.flatMap((rule) => Object.keys(rule.labels)).filter((label) => !labels.includes(label)),
    ).toEqual([]);
    const kinds: readonly string[] = Object.values(ALERT_KIND);
    expect(rules.filter((rule) => !kinds.includes(rule.labels['alert'] ?? ''))).toEqual([]);
    const types: readonly string[] = Object.values(ALERT_TYPE);
    expect(rules.filter(({ labels: { type } }) => type !== undefined && !types.includes(type))).toEqual([]);
  });

  test('carry only annotations that the contract knows, and all of them for a service', () => {
    const known: readonly string[] = Object.values(ALERT_ANNOTATION);
    expect(
      ofMicado.flatMap((rule) => Object.keys(rule.annotations)).filter((name) => !known.includes(name)),
    ).toEqual([]);
    const deciding = rules.filter(
      ({ alert }) => /_(over|under)loaded$/.test(alert) && !/^(worker|gpu-pool)_/.test(alert),
    );
    const forPeople: readonly string[] = [ALERT_ANNOTATION.runbook, ALERT_ANNOTATION.command];
    const forTheExecutor = known.filter((name) => !forPeople.includes(name)).sort();
    for (const rule of deciding) expect(Object.keys(rule.annotations).sort()).toEqual(forTheExecutor);
  });

  test('name only scrape jobs that a stack has', () => {
    const jobs = ofMicado
      .filter(({ alert }) => alert.startsWith('micado_'))
      .flatMap(({ expr }) =>
        [...expr.matchAll(/\bjob=~?"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|')),
      );
    expect(new Set(jobs)).toEqual(new Set(['executor', 'rulegen', 'alertmanager', 'exporter']));
    expect(PART_NAMES).toEqual(expect.arrayContaining(jobs));
  });
});

describe('an alert for people', () => {
  const forPeople = ofMicado.filter(({ labels }) => labels['severity'] !== undefined);
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const sections = [...runbook.matchAll(/^## (\w+)\n\n([^#]+)/gm)].map(([, name = '', text = '']) => ({
    name,
    text,
  }));

  test('has a section in the runbook, and no section is without its alert', () => {
    const alerts = new Set(forPeople.map(({ alert }) => alert));
    expect(alerts.size).toBeGreaterThan(10);
    expect(sections.map(({ name }) => name)).toEqual([...alerts]);
    for (const { text } of sections) expect(text.length).toBeGreaterThan(200);
  });

  test('links to its section, and says what to type first', () => {
    for (const { alert, annotations } of forPeople) {
      expect(annotations[ALERT_ANNOTATION.runbook]).toBe(`docs/runbook.md#${alert}`);
      expect(annotations[ALERT_ANNOTATION.command]).toMatch(/^(docker|micado|promtool) /);
      const { text = '' } = sections.find(({ name }) => name === alert) ?? {};
      const [command = ''] = annotations[ALERT_ANNOTATION.command]?.split('{{') ?? [];
      expect(text).toContain(command.trim());
    }
  });
});
