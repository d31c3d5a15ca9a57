import { beforeEach, describe, expect, test } from '@jest/globals';
import { type CgroupFiles, createCgroupFiles, isGone } from '../../../exporter/cgroup-files.ts';
import { keyedFormat } from '../../../exporter/core/kernel-text.ts';
import type { CgroupLocation } from '../../../exporter/ports.ts';
import { createKernelFilesFake, type KernelFilesFake } from '../../fakes/kernel-files.ts';

const location: CgroupLocation = {
  path: '/docker/x',
  folders: { memory: { version: 2, folder: '/m' } },
  processFolder: '/proc/7',
  foreignNetwork: false,
};

let kernel: KernelFilesFake;
let problems: number;
let files: CgroupFiles;
beforeEach(() => {
  kernel = createKernelFilesFake({
    '/m/current': '5\n',
    '/m/stat': 'anon 1\nfile 2\n',
    '/proc/7/net/dev': 'x',
  });
  problems = 0;
  files = createCgroupFiles(location, kernel, () => {
    problems += 1;
  });
});

describe('the files of a container', () => {
  test('give the figures of the moment in which they are asked', () => {
    const current = files.number('memory', 'current');
    expect(current.read().value).toBe(5);
    kernel.contents.set('/m/current', '6\n');
    expect(current.read().value).toBe(6);
    expect([...files.keyed('memory', 'stat', keyedFormat('file', 'anon')).read()]).toEqual([2, 1]);
    expect(problems).toBe(0);
  });

  test('that this kernel or this machine does not have give NaN, which is no problem', () => {
    expect(files.number('memory', 'peak').read().value).toBeNaN();
    expect(files.number('cpu', 'cpu.stat').read().value).toBeNaN();
    expect([...files.keyed('cpu', 'cpu.stat', keyedFormat('a')).read()]).toEqual([Number.NaN]);
    expect([...files.numbersNow('memory', 'max', 1)]).toEqual([Number.NaN]);
    expect(files.text('pids', 'cgroup.procs')().length).toBe(0);
    expect(problems).toBe(0);
  });

  test('that make no sense give NaN and are counted, each time', () => {
    kernel.contents.set('/m/current', 'five\n');
    const current = files.number('memory', 'current');
    expect(current.read().value).toBeNaN();
    expect(current.read().value).toBeNaN();
    kernel.contents.set('/m/stat', 'nonsense\n');
    expect([...files.keyed('memory', 'stat', keyedFormat('anon')).read()]).toEqual([Number.NaN]);
    expect(problems).toBe(3);
  });

  test.each(['EIO', 'EACCES'])('cost no more than their own figure when reading gives %s', (code) => {
    const current = files.number('memory', 'current');
    const stat = files.keyed('memory', 'stat', keyedFormat('anon'));
    kernel.failures.set('/m/current', code);
    expect(current.read().value).toBeNaN();
    expect([...stat.read()]).toEqual([1]);
    expect(problems).toBe(1);
    kernel.failures.clear();
    expect(current.read().value).toBe(5);
  });

  test('that the kernel was told not to keep give nothing, which is no problem', () => {
    const current = files.number('memory', 'current');
    kernel.failures.set('/m/current', 'EOPNOTSUPP');
    expect(current.read().value).toBeNaN();
    expect(problems).toBe(0);
  });

  test('may not be openable, which is counted once', () => {
    kernel.failures.set('/m/current', 'EACCES');
    const current = files.number('memory', 'current');
    expect(current.read().value).toBeNaN();
    expect(current.read().value).toBeNaN();
    expect(problems).toBe(1);
  });

  test.each(['ENODEV', 'ENOENT', 'ESRCH'])('say by %s that the container is gone', (code) => {
    const current = files.number('memory', 'current');
    const devices = files.processText('net/dev');
    kernel.failures.set('/m/current', code).set('/proc/7/net/dev', code);
    for (const read of [() => current.read(), devices]) {
      let thrown: unknown;
      try {
        read();
      } catch (error) {
        thrown = error;
      }
      expect(isGone(thrown)).toBe(true);
    }
    expect(problems).toBe(0);
  });

  test('are the first of several names that is there', () => {
    expect(files.text('memory', 'newer', 'current')().length).toBe(2);
  });

  test('are all closed with it; what is read once is not kept open', () => {
    files.number('memory', 'current');
    files.processText('net/dev');
    files.numbersNow('memory', 'current', 1);
    expect(kernel.counts().open).toBe(2);
    files.close();
    files.close();
    expect(kernel.counts().open).toBe(0);
  });
});
