import { describe, expect, test } from '@jest/globals';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { dumpYaml } from '../../../../../deploy/core/cloud/dump-yaml.ts';

describe('dumpYaml', () => {
  test.each([
    '0600',
    'yes',
    'on',
    'off',
    'n',
    '12:30:45',
    '1_000',
    '2026-11-22',
    '~',
    'null',
    '0b1',
    '0o17',
    '1e3',
    '',
    '<<',
    '# a',
    'a: b',
    '@x',
    ' ',
  ])('keeps %j a text for a reader of YAML 1.1', (text) =>
    expect(load(dumpYaml({ text }), { schema: YAML11_SCHEMA })).toEqual({ text }),
  );

  test('lets a program stand as it is', () => {
    const program =
      '#!/bin/sh\nset -eu\n\techo "tabbed: yes" # never folded, however long the line may become, whatever it takes to say\n';
    expect(dumpYaml({ program })).toBe(`program: |\n${program.replace(/^/gm, '  ').trimEnd()}\n`);
  });

  test('writes a thing twice where it stands twice', () => {
    const shared = { a: 1 };
    expect(dumpYaml([shared, shared])).toBe('- a: 1\n- a: 1\n');
  });
});
