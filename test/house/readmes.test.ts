/** What the READMEs promise is what is there: same headings, every flag with its variable, every label. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { executorFlags } from '../../executor/config.ts';
import { exporterFlags } from '../../exporter/config.ts';
import { SERVICE_LABEL } from '../../internal/contract/labels.ts';
import { environmentName, type FlagTable } from '../../internal/daemon/flags.ts';
import { rulegenFlags } from '../../rulegen/config.ts';
import { ROOT } from './source-files.ts';

const HEADINGS = [
  'What it does',
  'What it reads',
  'What it writes',
  'Configuration',
  'Metrics',
  'HTTP',
  'Failure modes',
];
const binaries: readonly (readonly [string, FlagTable])[] = [
  ['rulegen', rulegenFlags],
  ['exporter', exporterFlags],
  ['executor', executorFlags],
];
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

describe.each(binaries)('the README of %s', (binary, flags) => {
  const readme = read(binary, 'README.md');

  test('has the headings that all have, in the same order', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings.filter((heading) => HEADINGS.includes(heading ?? ''))).toEqual(HEADINGS);
  });

  test('lists exactly the flags that the binary has, each with its variable', () => {
    const rows = [...readme.matchAll(/^\| `--([a-z.-]+)[^`]*` +\| `(MICADO_[A-Z_]+)`/gm)].map(
      (match) => `${match[1]} ${match[2]}`,
    );
    const expected = Object.keys(flags).map((name) => `${name} ${environmentName(name)}`);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});

test('the README lists every service label', () => {
  const readme = read('README.md');
  expect(Object.values(SERVICE_LABEL).filter((label) => !readme.includes(`\`${label}\``))).toEqual([]);
});

test('links between the documents lead somewhere', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...binaries.map(([binary]) => `${binary}/README.md`),
    'deploy/README.md',
    'docker/README.md',
    'docs/guide.md',
    'docs/security.md',
  ];
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map((match) => join(document, '..', match[1] ?? ''))
      .filter((target) => {
        try {
          read(target);
          return false;
        } catch {
          return true;
        }
      })
      .map((target) => `${document} → ${target}`),
  );
  expect(broken).toEqual([]);
});
