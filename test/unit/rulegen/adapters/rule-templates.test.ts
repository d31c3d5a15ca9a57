import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import {
  createRuleTemplates,
  findTemplateProblems,
  packageTemplatesFolder,
} from '../../../../rulegen/adapters/handlebars-rule-templates.ts';
import { TEMPLATE_HELPERS } from '../../../../rulegen/adapters/template-helpers.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function aFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'micado-templates-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
const renderWith = (files: Readonly<Record<string, string>>) =>
  createRuleTemplates(packageTemplatesFolder(), aFolder(files));
const clusterView = { header: '# head', group: 'cluster' };

describe('the operator’s folder of templates', () => {
  test('stands in front of the package’s, file by file', () => {
    const render = renderWith({ 'service-cpu.rules.yml.hbs': '{{header}} {{yaml service}}' });
    expect(render('service-cpu', { header: '#', service: 'web' })).toEqual({ text: '# "web"' });
    expect(render('cluster', clusterView)).toEqual({ text: expect.stringContaining('alert: out_of_bounds') });
  });

  test('may replace a part that templates share, and add one', () => {
    const render = renderWith({
      'partials/unless-off.hbs': '{{> never}}',
      'partials/never.hbs': 'unless vector(0)',
    });
    expect(render('cluster', clusterView)).toEqual({ text: expect.stringContaining('unless vector(0)') });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'what cannot be read',
      { 'service-cpu.rules.yml.hbs': 'a\nb {{#if x}}\nc' },
      /^service-cpu\.rules\.yml\.hbs:3: Parse error/,
    ],
    [
      'an unknown helper',
      { 'service-cpu.rules.yml.hbs': 'a\n{{shout service}}' },
      /^service-cpu\.rules\.yml\.hbs:2: .*unknown helper shout/,
    ],
    [
      'an unknown variable',
      { 'service-cpu.rules.yml.hbs': 'a\n\n{{servce}}' },
      /^service-cpu\.rules\.yml\.hbs:3: "servce" not defined/,
    ],
    [
      'an unknown part',
      { 'service-cpu.rules.yml.hbs': '{{> nowhere}}' },
      /^service-cpu\.rules\.yml\.hbs: The partial nowhere could not be found/,
    ],
    [
      'a number that is none',
      { 'service-cpu.rules.yml.hbs': '{{number service}}' },
      /^service-cpu\.rules\.yml\.hbs: "web" is not a number/,
    ],
    [
      'a part with a fault',
      { 'service-cpu.rules.yml.hbs': '{{> bad}}', 'partials/bad.hbs': 'a\n{{nobody}}' },
      /^partials\/bad\.hbs:2: "nobody" not defined/,
    ],
    [
      'a part that cannot be read',
      { 'service-cpu.rules.yml.hbs': '{{> bad}}', 'partials/bad.hbs': '{{#each}}' },
      /^partials\/bad\.hbs:1: Parse error/,
    ],
  ])('with %s fails with file and line, and the others go on', (_title, files, problem) => {
    const render = renderWith(files);
    expect(render('service-cpu', { service: 'web' })).toEqual({ problem: expect.stringMatching(problem) });
    expect(render('cluster', clusterView)).toHaveProperty('text');
  });

  test('is looked through as a whole, whether its files are used or not', () => {
    const folder = aFolder({
      'cluster.rules.yml.hbs': '{{header}}',
      'clustre.rules.yml.hbs': '{{header}}',
      'service-memory.rules.yml.hbs': '\n{{header',
      'partials/odd.hbs': '{{shout header}}',
      'notes.txt': '{{',
    });
    expect(findTemplateProblems(folder).map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'is no template of rules; did you mean "cluster.rules.yml.hbs"?'],
      ['error', expect.stringMatching(/^service-memory\.rules\.yml\.hbs:2: /)],
      ['error', expect.stringMatching(/^partials\/odd\.hbs:1: /)],
    ]);
    expect(findTemplateProblems(packageTemplatesFolder())).toEqual([]);
    expect(findTemplateProblems('')).toEqual([]);
  });

  test('that is not there ends the start', () => {
    expect(() => createRuleTemplates(packageTemplatesFolder(), '/nowhere')).toThrow(
      /templates cannot be read/,
    );
  });
});

describe('helpers', () => {
  test.each<[keyof typeof TEMPLATE_HELPERS, unknown, string]>([
    ['duration', 90_000, '1m30s'],
    ['duration', 0, '0s'],
    ['number', 0.05, '0.05'],
    ['number', 2 ** 40, '1099511627776'],
    ['promql', 'a"b\\c', '"a\\"b\\\\c"'],
    ['yaml', 'a: "b"\n', '"a: \\"b\\"\\n"'],
    ['yaml', 1, '"1"'],
  ])('%s of %j', (name, value, text) => {
    expect(TEMPLATE_HELPERS[name](value)).toBe(text);
  });

  test.each([['duration'], ['number']] as const)('%s refuses what is no number', (name) => {
    expect(() => TEMPLATE_HELPERS[name]('x')).toThrow('"x" is not a number');
    expect(() => TEMPLATE_HELPERS[name](Number.NaN)).toThrow('is not a number');
  });

  test('yaml gives back any text as it was, on one line of ASCII controls and no others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const yaml = TEMPLATE_HELPERS.yaml(text);
        expect(load(`a: ${yaml}`)).toEqual({ a: text });
        expect(yaml).not.toMatch(/[\p{Cc}\u2028\u2029\uFEFF\uFFFE\uFFFF]/u);
      }),
    );
  });
});
