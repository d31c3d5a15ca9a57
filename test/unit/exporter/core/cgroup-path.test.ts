import { describe, expect, test } from '@jest/globals';
import { type CgroupMount, mountOf, parseCgroupMounts } from '../../../../exporter/core/cgroup-mounts.ts';
import {
  cgroupFolder,
  containerCgroupPath,
  parseProcessCgroups,
  usualCgroupPaths,
} from '../../../../exporter/core/cgroup-path.ts';

const ID = 'ab'.repeat(32);
const line = (root: string, folder: string, type: string, options: string): string =>
  `31 23 0:28 ${root} ${folder} rw,relatime shared:9 - ${type} ${type} ${options}`;

describe('the mounts of cgroups', () => {
  const HYBRID = [
    '23 27 0:22 / /sys rw - sysfs sysfs rw',
    line('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
    line('/', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'),
    line('/', '/sys/fs/cgroup/systemd', 'cgroup', 'rw,xattr,name=systemd'),
    line('/', '/sys/fs/cgroup/unified', 'cgroup2', 'rw,nsdelegate'),
  ].join('\n');
  const versionOf = (controller: 'cpu' | 'memory' | 'pids', mounts: readonly CgroupMount[]) =>
    mountOf(controller, mounts)?.version;

  test('of a hybrid machine are version 1 wherever version 1 has the controller', () => {
    const mounts = parseCgroupMounts(HYBRID, '/sys/fs/cgroup');
    expect(versionOf('cpu', mounts)).toBe(1);
    expect(versionOf('memory', mounts)).toBe(1);
    expect(versionOf('pids', mounts)).toBe(2);
  });

  test('are looked for under another folder when that is where they are said to be', () => {
    const mounts = parseCgroupMounts(HYBRID, '/host/cgroup');
    expect(mountOf('memory', mounts)?.folder).toBe('/host/cgroup/memory');
  });

  test('of the host, mounted into a container, win over the container’s own', () => {
    const own = line('/docker/me', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory');
    const host = line('/', '/host/cgroup/memory', 'cgroup', 'rw,memory');
    expect(parseCgroupMounts(`${own}\n${host}`, '/host/cgroup').map(({ folder }) => folder)).toEqual([
      '/host/cgroup/memory',
    ]);
  });

  test('are read where a path has blanks in it', () => {
    const mounts = parseCgroupMounts(line('/', '/my\\040host/cgroup', 'cgroup2', 'rw'), '/my host/cgroup/');
    expect(mountOf('cpu', mounts)?.folder).toBe('/my host/cgroup');
  });

  test('are none in a text that makes no sense', () => {
    expect(parseCgroupMounts('', '/sys/fs/cgroup')).toEqual([]);
    expect(parseCgroupMounts('nonsense\n - cgroup\n', '/sys/fs/cgroup')).toEqual([]);
  });
});

describe('the cgroup of a container', () => {
  test.each([
    [`/docker/${ID}`, `/docker/${ID}`],
    [`/system.slice/docker-${ID}.scope`, `/system.slice/docker-${ID}.scope`],
    [`/docker/${ID}/init.scope`, `/docker/${ID}`],
    [`/docker/outer/docker/${ID}`, `/docker/outer/docker/${ID}`],
    [
      `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`,
      `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`,
    ],
    ['/docker/another', undefined],
    ['/', undefined],
    [`/../docker-${ID}.scope`, undefined],
  ])('of a process in %s is %s', (path, expected) => {
    expect(containerCgroupPath(path, ID)).toBe(expected);
  });

  test('is guessed where Docker usually puts it, the given parent first', () => {
    expect(usualCgroupPaths(ID, '')).toEqual([`/docker/${ID}`, `/system.slice/docker-${ID}.scope`]);
    expect(usualCgroupPaths(ID, '/w1')).toEqual([`/w1/${ID}`, `/docker/${ID}`, `/w1/docker-${ID}.scope`]);
  });

  test('is told by the process for each controller', () => {
    const cgroups = parseProcessCgroups('4:memory:/m\n3:cpu,cpuacct:/c\n1:name=systemd:/s\n0::/u\nbad\n');
    expect([cgroups.get('memory'), cgroups.get('cpuacct'), cgroups.get('')]).toEqual(['/m', '/c', '/u']);
  });
});

describe('the folder of a cgroup', () => {
  const mount = (root: string): CgroupMount[] => [
    { version: 2, folder: '/sys/fs/cgroup', root, controllers: [] },
  ];

  test.each([
    ['/', '/docker/x', '/sys/fs/cgroup/docker/x'],
    ['/', '/', '/sys/fs/cgroup'],
    ['/docker', '/docker/x', '/sys/fs/cgroup/x'],
    ['/../..', '/docker/x', '/sys/fs/cgroup/docker/x'],
    ['/docker/me', '/docker/x', undefined],
    ['/doc', '/docker/x', undefined],
  ])('of which %s is mounted, for %s, is %s', (root, path, folder) => {
    expect(cgroupFolder('cpu', path, mount(root))?.folder).toBe(folder);
  });
});
