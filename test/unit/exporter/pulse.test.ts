import { beforeEach, describe, expect, test } from '@jest/globals';
import { type CgroupFiles, createCgroupFiles } from '../../../exporter/cgroup-files.ts';
import type { CgroupFolder } from '../../../exporter/core/cgroup-path.ts';
import { createPulse, type Pulse } from '../../../exporter/pulse.ts';
import { createKernelFilesFake, type KernelFilesFake } from '../../fakes/kernel-files.ts';

let kernel: KernelFilesFake;
let problems: number;

/** A pulse, and files that follow it, of a cgroup of this version. */
function open(version: 1 | 2): { pulse: Pulse; files: CgroupFiles } {
  const folder: CgroupFolder = { version, folder: '/c' };
  const location = {
    path: '/docker/x',
    folders: { cpuacct: folder, memory: folder, pids: folder },
    processFolder: '/proc/7',
    foreignNetwork: false,
  };
  const countProblem = (): void => {
    problems += 1;
  };
  const pulse = createPulse(createCgroupFiles(location, kernel, countProblem), 1);
  return { pulse, files: createCgroupFiles(location, kernel, countProblem, { beat: pulse.beat }) };
}

beforeEach(() => {
  problems = 0;
  kernel = createKernelFilesFake({
    '/c/cpuacct.usage': '1000\n',
    '/c/memory.usage_in_bytes': '4096\n',
    '/c/cpu.stat': 'usage_usec 1\nuser_usec 1\n',
    '/c/memory.current': '4096\n',
    '/c/pids.current': '1\n',
    '/c/cgroup.procs': '7\n',
    '/proc/7/net/dev': 'one',
  });
});

describe.each([
  [1, '/c/cpuacct.usage', '1001\n', '/c/memory.usage_in_bytes'],
  [2, '/c/cpu.stat', 'usage_usec 2\n', '/c/memory.current'],
] as const)('a container at rest, in version %d', (version, cpuFile, moreCpu, memoryFile) => {
  test('is taken to be as it was', () => {
    const { pulse, files } = open(version);
    const pids = files.number('pids', 'pids.current');
    const processes = files.lines('pids', 'cgroup.procs');
    pulse.feel(100);
    expect([pids.read().value, processes.read().value]).toEqual([1, 1]);
    kernel.contents.set('/c/pids.current', '2\n').set('/c/cgroup.procs', '7\n8\n');
    pulse.feel(102);
    expect([pids.read().value, processes.read().value]).toEqual([1, 1]);
  });

  test.each([
    ['has used CPU time', cpuFile, moreCpu],
    ['holds more memory', memoryFile, '8192\n'],
  ])('is read again once it %s', (_, file, content) => {
    const { pulse, files } = open(version);
    const pids = files.number('pids', 'pids.current');
    pulse.feel(100);
    pids.read();
    kernel.contents.set('/c/pids.current', '2\n').set(file, content);
    pulse.feel(102);
    expect(pids.read().value).toBe(2);
  });

  test('is read again after ten seconds all the same', () => {
    const { pulse, files } = open(version);
    const pids = files.number('pids', 'pids.current');
    pulse.feel(100);
    pids.read();
    kernel.contents.set('/c/pids.current', '2\n');
    pulse.feel(109.9);
    expect(pids.read().value).toBe(1);
    pulse.feel(110);
    expect(pids.read().value).toBe(2);
  });

  test('has ended when its cgroup is gone', () => {
    const { pulse } = open(version);
    pulse.feel(100);
    kernel.failures.set(cpuFile, 'ENODEV');
    expect(() => pulse.feel(102)).toThrow('ENODEV');
  });

  test('is read at each scrape where its CPU time cannot be', () => {
    kernel.contents.set(cpuFile, 'nonsense\n');
    const { pulse, files } = open(version);
    const pids = files.number('pids', 'pids.current');
    pulse.feel(100);
    pids.read();
    kernel.contents.set('/c/pids.current', '2\n');
    pulse.feel(101);
    expect(pids.read().value).toBe(2);
  });
});

describe('what is read of a container at rest', () => {
  test('a figure that was not asked for when the container last did something', () => {
    const { pulse, files } = open(1);
    const pids = files.number('pids', 'pids.current');
    pulse.feel(100);
    pids.read();
    kernel.contents.set('/c/cpuacct.usage', '2000\n').set('/c/pids.current', '2\n');
    // A scrape of other collectors, then one of all.
    pulse.feel(102);
    pulse.feel(104);
    expect(pids.read().value).toBe(2);
  });

  test('its network, which others may send to', () => {
    const { pulse, files } = open(1);
    const network = files.processText('net/dev');
    pulse.feel(100);
    expect(network().length).toBe(3);
    kernel.contents.set('/proc/7/net/dev', 'three');
    pulse.feel(102);
    expect(network().length).toBe(5);
  });

  test('a file that made no sense, which is counted each time', () => {
    kernel.contents.set('/c/pids.current', 'one\n');
    const { pulse, files } = open(1);
    const pids = files.number('pids', 'pids.current');
    pulse.feel(100);
    pids.read();
    pulse.feel(102);
    pids.read();
    expect(problems).toBe(2);
    kernel.contents.set('/c/pids.current', '3\n');
    expect(pids.read().value).toBe(3);
  });
});

test('containers of different phases wake in different scrapes', () => {
  const location = { path: '/x', folders: {}, processFolder: undefined, foreignNetwork: false };
  const folder: CgroupFolder = { version: 1, folder: '/c' };
  const files = createCgroupFiles(
    { ...location, folders: { cpuacct: folder, memory: folder } },
    kernel,
    () => {},
  );
  const pulses = [0.2, 0.6].map((phase) => createPulse(files, phase));
  const awake = [100, 102, 104, 106, 108, 110, 112].map((now) =>
    pulses.map((pulse) => {
      const before = pulse.beat();
      pulse.feel(now);
      return pulse.beat() !== before;
    }),
  );
  expect(awake).toEqual([
    [true, true],
    [true, false],
    [false, false],
    [false, true],
    [false, false],
    [false, false],
    [true, false],
  ]);
});
