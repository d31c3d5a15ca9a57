import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSameRun, parseInspected } from '../../../../exporter/core/container-info.ts';
import { parseContainerList } from '../../../../exporter/core/container-list.ts';
import { aContainerInfo } from '../../../fakes/container-source.ts';

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
    expect(parseInspected(inspected)).toEqual({
      kind: 'running',
      info: {
        id: 'abc',
        name: 'web',
        image: 'web:1',
        labels: { a: 'b' },
        environment: {},
        pid: 42,
        createdSeconds: 1_767_225_600.5,
        startedSeconds: 1_767_225_601.123,
        restartCount: 0,
        state: 'running',
        health: 'none',
        cgroupParent: '/w1',
        networkMode: 'host',
        limits: {
          cpuQuotaMicroseconds: 0,
          cpuPeriodMicroseconds: 100_000,
          cpuShares: 1_024,
          memoryBytes: 0,
          swapBytes: 0,
          reservationBytes: 0,
        },
      },
    });
  });

  test('is read with health, pause, restarts, environment and limits where it has them', () => {
    const json = {
      ...inspected,
      RestartCount: 3,
      State: { ...inspected.State, Paused: true, Health: { Status: 'unhealthy' } },
      Config: { Env: ['A=1', 'B=x=y', 'C'] },
      HostConfig: { NanoCpus: 1_500_000_000, Memory: 1_024, MemorySwap: -1, CpuShares: 512 },
    };
    expect(parseInspected(json)).toMatchObject({
      info: {
        restartCount: 3,
        state: 'paused',
        health: 'unhealthy',
        environment: { A: '1', B: 'x=y', C: '' },
        limits: { cpuQuotaMicroseconds: 150_000, memoryBytes: 1_024, swapBytes: 0, cpuShares: 512 },
      },
    });
  });

  test('that does not run is only what it is called and its state', () => {
    const json = { ...inspected, State: { Status: 'exited', Running: false, Pid: 0 } };
    expect(parseInspected(json)).toEqual({
      kind: 'stopped',
      container: { id: 'abc', name: 'web', image: 'web:1', labels: { a: 'b' }, state: 'exited' },
    });
  });

  test('without a process does not run, and without an ID is none', () => {
    const json = { ...inspected, State: { Status: 'restarting', Running: true, Pid: 0 } };
    expect(parseInspected(json)).toMatchObject({ kind: 'stopped', container: { state: 'restarting' } });
    expect(parseInspected({ ...inspected, Id: '' })).toEqual({ kind: 'gone' });
  });

  test('is read from any answer without failing', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => parseInspected(json).kind === 'gone'));
  });

  test('that was started again or renamed is another run', () => {
    const one = aContainerInfo({ id: 'a' });
    expect(isSameRun(one, { ...one, health: 'healthy', state: 'paused' })).toBe(true);
    for (const change of [{ pid: 2 }, { startedSeconds: 3 }, { name: 'other' }])
      expect(isSameRun(one, { ...one, ...change })).toBe(false);
  });
});

describe('a list', () => {
  test('has names without slashes, and not those of links', () => {
    const json = [
      { Id: 'a', Names: ['/other/alias', '/web'], State: 'running' },
      { Id: 'b', State: 'paused' },
      { Names: ['/x'], State: 'running' },
    ];
    expect(parseContainerList(json).running).toEqual([
      { id: 'a', name: 'web' },
      { id: 'b', name: '' },
    ]);
  });

  test('has what does not run apart, without the history of Swarm’s tasks', () => {
    const json = [
      { Id: 'a', Names: ['/db'], Image: 'db:1', Labels: { a: 'b' }, State: 'exited' },
      { Id: 'b', Names: ['/web.1'], Labels: { 'com.docker.swarm.task.id': 't' }, State: 'exited' },
    ];
    expect(parseContainerList(json)).toEqual({
      running: [],
      stopped: [{ id: 'a', name: 'db', image: 'db:1', labels: { a: 'b' }, state: 'exited' }],
    });
  });
});
