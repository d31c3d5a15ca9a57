import { describe, expect, test } from '@jest/globals';
import { tarArchive } from '../../../../../deploy/demo/core/tar.ts';

const file = (path: string, text: string) =>
  ({ kind: 'file', path, mode: 0o755, content: Buffer.from(text) }) as const;

describe('a tar archive', () => {
  const archive = tarArchive([
    file('stress.sh', 'echo hello'),
    { kind: 'link', path: 'bin/sh', mode: 0o777, target: 'busybox' },
  ]);
  const textAt = (offset: number, length: number): string =>
    archive.toString('latin1', offset, offset + length).replace(/\0.*$/, '');

  test('consists of blocks of 512 bytes and ends with two empty ones', () => {
    expect(archive.length).toBe(5 * 512);
    expect(archive.subarray(-1024).every((byte) => byte === 0)).toBe(true);
  });

  test('names each entry with its mode, size, kind and target', () => {
    expect([textAt(0, 100), textAt(100, 8), textAt(124, 12), textAt(156, 1)]).toEqual([
      'stress.sh',
      '0000755',
      '00000000012',
      '0',
    ]);
    expect(textAt(512, 10)).toBe('echo hello');
    expect([textAt(1024, 100), textAt(1024 + 156, 1), textAt(1024 + 157, 100)]).toEqual([
      'bin/sh',
      '2',
      'busybox',
    ]);
  });

  test('sums each header with its own field taken as blanks', () => {
    const header = Buffer.from(archive.subarray(0, 512));
    const stated = Number.parseInt(textAt(148, 6), 8);
    header.fill(' ', 148, 156);
    expect(header.reduce((sum, byte) => sum + byte, 0)).toBe(stated);
  });

  test('refuses a path that its header cannot hold', () => {
    expect(() => tarArchive([file('x'.repeat(101), '')])).toThrow('too long');
  });
});
