import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BOOT_VARIABLE, escapeJinja, toJinjaTemplate } from '../../../../../deploy/core/cloud/jinja.ts';

/** Jinja as far as our escapes need it: a text in braces is that text. Any other opening is left, and would be run. */
const expand = (template: string): string =>
  template.replace(/\{\{ '(\{[{%#])' \}\}/g, (_, opening: string) => `\0${opening.split('').join('\0')}`);

describe('escapeJinja', () => {
  test('leaves nothing that Jinja would run, and gives the same text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '%', '#', "'", ' ', 'a', '\n') }), (text) => {
        const expanded = expand(escapeJinja(text));
        expect(expanded).not.toMatch(/\{[{%#]/);
        expect(expanded.replaceAll('\0', '')).toBe(text);
      }),
    );
  });
});

describe('toJinjaTemplate', () => {
  test('puts the variables of a boot where they belong, and nothing else', () => {
    expect(toJinjaTemplate(`vm=${BOOT_VARIABLE.vm} mail=ops@cloud.example @other@`)).toBe(
      'vm={{ node_id }} mail=ops@cloud.example @other@',
    );
  });

  test('keeps the templates of other programs from Occopus', () => {
    expect(toJinjaTemplate("docker info --format '{{.ID}}'")).toBe("docker info --format '{{ '{{' }}.ID}}'");
  });
});
