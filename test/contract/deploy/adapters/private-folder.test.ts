import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { replaceFolder } from '../../../../deploy/adapters/private-folder.ts';

let parent = '';
let folder = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'micado-folder-'));
  folder = join(parent, 'rendered');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('replaceFolder', () => {
  test('writes what only its owner can read', async () => {
    await replaceFolder(join(folder, 'deep'), { a: 'one' });
    expect(modeOf(join(folder, 'deep'))).toBe('700');
    expect(modeOf(join(folder, 'deep', 'a'))).toBe('600');
    expect(read('deep/a')).toBe('one');
  });

  test('replaces all files at once, also where somebody opened them to others', async () => {
    await replaceFolder(folder, { a: 'one', b: 'one' });
    chmodSync(join(folder, 'a'), 0o644);
    await replaceFolder(folder, { a: 'two', b: 'two' });
    expect([read('a'), read('b')]).toEqual(['two', 'two']);
    expect(modeOf(join(folder, 'a'))).toBe('600');
    expect(readdirSync(parent)).toEqual(['rendered']);
  });

  test('touches no folder that holds anything else', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'years');
    await expect(replaceFolder(folder, { a: 'one' })).rejects.toThrow(
      `${folder} holds thesis.txt: choose a folder of its own`,
    );
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
    expect(readdirSync(parent)).toEqual(['rendered']);
  });

  test('leaves the old files where the new ones cannot be written', async () => {
    await replaceFolder(folder, { a: 'one' });
    await expect(replaceFolder(folder, { a: 'two', 'no/such/folder': '' })).rejects.toThrow('ENOENT');
    expect(read('a')).toBe('one');
    expect(readdirSync(parent)).toEqual(['rendered']);
  });

  test('removes what a killed writer left, and only that', async () => {
    for (const name of [
      '.rendered.micado-new-x1',
      '.rendered.micado-old-x1',
      '.rendered',
      '.other.micado-new-x1',
    ])
      mkdirSync(join(parent, name));
    await replaceFolder(folder, { a: 'one' });
    expect(readdirSync(parent).toSorted()).toEqual(['.other.micado-new-x1', '.rendered', 'rendered']);
  });
});
