import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createCachedKernelFiles,
  openFileBudget,
} from '../../../../exporter/adapters/cached-kernel-files.ts';
import type { KernelText } from '../../../../exporter/core/kernel-text.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kernel-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const FILE = 'file';
const put = (content: string): void => writeFileSync(join(folder, FILE), content);
const shown = ({ bytes, length }: KernelText): string => new TextDecoder().decode(bytes.subarray(0, length));

describe.each([
  ['held open', 100],
  ['opened for each read', 0],
])('a kernel file that is %s', (_, budget) => {
  test('says at each read what is in it then, also when that has become shorter', () => {
    put('first, and long\n');
    const file = createCachedKernelFiles(budget).open(folder, FILE);
    expect(shown(file.read())).toBe('first, and long\n');
    put('second\n');
    expect(shown(file.read())).toBe('second\n');
    put('');
    expect(shown(file.read())).toBe('');
    file.close();
  });

  test.each([3_583, 3_584, 16_383, 16_384, 16_385, 200_000])('is read whole when it has %d bytes', (size) => {
    const content = 'x'.repeat(size);
    put(content);
    const file = createCachedKernelFiles(budget).open(folder, FILE);
    expect(shown(file.read())).toBe(content);
    expect(shown(file.read())).toBe(content);
    file.close();
  });

  test('must be there', () => {
    expect(() => createCachedKernelFiles(budget).open(folder, 'none')).toThrow('ENOENT');
  });
});

test('a file of several records is read beyond its first page', () => {
  // The kernel gives a page of it at a time, whatever the buffer's size.
  const files = createCachedKernelFiles(10);
  const file = files.open('/proc/self', 'smaps');
  const { length } = file.read();
  expect(length).toBeGreaterThan(8_192);
  file.close();
});

test('no more files are held open than the budget allows, and none after they are closed', () => {
  const files = createCachedKernelFiles(2);
  const before = readdirSync('/proc/self/fd').length;
  put('7\n');
  const opened = Array.from({ length: 5 }, () => files.open(folder, FILE));
  expect(files.counts().open).toBe(2);
  expect(readdirSync('/proc/self/fd').length).toBe(before + 2);
  expect(opened.map((file) => shown(file.read()))).toEqual(Array(5).fill('7\n'));
  for (const file of [...opened, ...opened]) file.close();
  expect(files.counts().open).toBe(0);
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});

test('the files that matter least lose their descriptors first, and have them back when there is room', () => {
  const files = createCachedKernelFiles(2);
  put('7\n');
  const [least, middle] = [files.open(folder, FILE, 7), files.open(folder, FILE, 5)];
  const first = files.open(folder, FILE, 0);
  expect(files.counts()).toEqual({ open: 2, reopened: 1 });
  // Held open is what still answers when the path is gone.
  rmSync(join(folder, FILE));
  expect(() => least.read()).toThrow('ENOENT');
  expect([middle, first].map((file) => shown(file.read()))).toEqual(['7\n', '7\n']);
  put('8\n');
  first.close();
  expect(shown(least.read())).toBe('8\n');
  expect(files.counts()).toEqual({ open: 2, reopened: 0 });
  for (const file of [least, middle]) file.close();
  expect(files.counts()).toEqual({ open: 0, reopened: 0 });
});

test('the budget leaves descriptors for connections', () => {
  expect(openFileBudget()).toBeGreaterThan(100);
});
