import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseContainerInfo, parseContainerList } from '../../../../exporter/core/container-info.ts';

const inspected = {
  Id: 'abc',
  Created: '2026-01-01T00:00:00.5Z',
  Name: '/web',
  State: { Running: true, Pid: 42, StartedAt: '2026-01-01T00:00:01.123456789Z' },
  Config: { Image: 'web:1', Labels: { a: 'b', c: 7 } },
  HostConfig: { CgroupParent: '/w1', NetworkMode: 'host' },
};

describe('a container', () => {
  test('is read with what its series need', () => {
    expect(parseContainerInfo(inspected)).toEqual({
      id: 'abc',
      name: 'web',
      image: 'web:1',
      labels: { a: 'b' },
      pid: 42,
      createdSeconds: 1_767_225_600.5,
      startedSeconds: 1_767_225_601.123,
      cgroupParent: '/w1',
      networkMode: 'host',
    });
  });

  test.each([
    ['it does not run', { ...inspected, State: { Running: false, Pid: 0 } }],
    ['it has no process', { ...inspected, State: { Running: true, Pid: 0 } }],
    ['it has no ID', { ...inspected, Id: '' }],
  ])('is none when %s', (_, json) => {
    expect(parseContainerInfo(json)).toBeUndefined();
  });

  test('is read from any answer without failing', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => parseContainerInfo(json) === undefined));
  });
});

test('a list has names without slashes, and not those of links', () => {
  const json = [{ Id: 'a', Names: ['/other/alias', '/web'] }, { Id: 'b' }, { Names: ['/x'] }];
  expect(parseContainerList(json)).toEqual([
    { id: 'a', name: 'web' },
    { id: 'b', name: '' },
  ]);
});
