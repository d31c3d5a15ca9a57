import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { busyboxFiles, findStaticBusybox } from '../../../../deploy/demo/busybox.ts';
import { AppError } from '../../../../internal/daemon/app-error.ts';

describe('a static busybox', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'busybox-'));
    await writeFile(join(folder, 'busybox'), 'a program');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A machine without apt-get, whose busybox is on the path; `ldd` fails for what is static. */
  const search = (binFolder: string, isStatic: boolean) => ({
    binFolder,
    packagesFolder: join(folder, 'packages'),
    progress() {},
    runner: {
      rights: 'root',
      find: (program: string) => (program === 'busybox' ? join(folder, 'busybox') : undefined),
      run: () =>
        isStatic ? Promise.reject(new AppError('unavailable', 'not dynamic')) : Promise.resolve('libc'),
    } as const,
  });

  test('is taken from the path', async () => {
    expect(await findStaticBusybox(search('', true))).toBe(join(folder, 'busybox'));
  });

  test('is taken from the folder that was named, where it is there', async () => {
    const named = await mkdtemp(join(folder, 'named-'));
    expect(await findStaticBusybox(search(named, true))).toBe(join(folder, 'busybox'));
    await writeFile(join(named, 'busybox'), 'another program');
    expect(await findStaticBusybox(search(named, true))).toBe(join(named, 'busybox'));
  });

  test('is not the one that needs shared libraries; what to install is said', async () => {
    await expect(findStaticBusybox(search('', false))).rejects.toThrow('busybox-static');
  });

  test('comes with the commands that the stress script uses', async () => {
    const files = await busyboxFiles(join(folder, 'busybox'));
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['bin/busybox', 'bin/sh', 'bin/wget', 'bin/sleep']),
    );
  });
});
