import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSecretSource } from '../../../../deploy/adapters/secret-source.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const find = (kind: 'env' | 'file', name: string) =>
  createSecretSource(folder, { KEY: 'from the environment', EMPTY: '', CODE: "{{ cmd('id') }}" })({
    kind,
    name,
  });

test('a secret comes from the environment', async () => {
  expect(await find('env', 'KEY')).toEqual({ value: 'from the environment' });
});

test('a secret comes from a file beside the user data, without the line’s end that editors leave', async () => {
  writeFileSync(join(folder, 'key'), ' spaced \n');
  expect(await find('file', 'key')).toEqual({ value: ' spaced ' });
  expect(await find('file', join(folder, 'key'))).toEqual({ value: ' spaced ' });
});

test.each([
  ['env', 'ABSENT', 'the variable ABSENT is not set'],
  ['env', 'EMPTY', 'the variable EMPTY is not set'],
  ['env', 'CODE', 'holds {{, {% or {#, which Occopus would run'],
  ['file', 'empty', 'the file empty is empty'],
  ['file', 'absent', 'ENOENT'],
] as const)('what is wrong with %s %s is said', async (kind, name, problem) => {
  writeFileSync(join(folder, 'empty'), '\n');
  expect(await find(kind, name)).toEqual({ problem: expect.stringContaining(problem) });
});
