import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BOOT_VARIABLE, escapeJinja, toJinjaTemplate } from '../../../../../deploy/core/cloud/jinja.ts';

/** How an opening is written so that Jinja prints it. Real Jinja judges the same in test/real/deploy/cloud-init. */
const PRINTED = /\{\{ '(\{[{%#])' \}\}/g;

describe('escapeJinja', () => {
  test('leaves nothing that Jinja would run, and gives the same text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '%', '#', "'", ' ', 'a', '\n') }), (text) => {
        const template = escapeJinja(text);
        // Nor may a brace stand before one of them: Jinja would take the two first.
        expect(template.replace(PRINTED, '|')).not.toMatch(/\{[{%#|]/);
        expect(template.replace(PRINTED, '$1')).toBe(text);
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
