/** One name in four places: the constant, the template, the golden folder, the heading in the README. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { RULE_FAMILIES } from '../../../rulegen/core/rule-families.ts';
import { goldenFamilies } from '../../golden/rulegen/plan-case.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const families = [...RULE_FAMILIES].sort();

describe('each rule family', () => {
  test('has a template', () => {
    const templates = readdirSync(join(ROOT, 'templates'))
      .filter((name) => name.endsWith('.rules.yml.hbs'))
      .map((name) => name.replace('.rules.yml.hbs', ''));
    expect(templates.sort()).toEqual(families);
  });

  test('has golden files', () => {
    expect(goldenFamilies(join(ROOT, 'test/golden/rulegen'))).toEqual(families);
  });

  test('has a heading in the README', () => {
    const readme = readFileSync(join(ROOT, 'rulegen/README.md'), 'utf8');
    const headings = [...readme.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '');
    expect(families.filter((family) => !headings.includes(family))).toEqual([]);
  });
});
