import { describe, expect, test } from '@jest/globals';
import {
  parseNodes,
  parseServiceCounts,
  unsettledServices,
} from '../../../../exporter/core/swarm-snapshot.ts';

const service = (name: string, mode: object, status: object = { RunningTasks: 1, DesiredTasks: 2 }) => ({
  ID: `${name}-id`,
  Version: { Index: 7 },
  Spec: { Name: name, Mode: mode, TaskTemplate: { ContainerSpec: { Image: 'web:1' } } },
  ServiceStatus: status,
});

describe('services', () => {
  test.each([
    [{ Replicated: { Replicas: 5 } }, 'replicated', 5],
    [{ Global: {} }, 'global', 2],
    [{ ReplicatedJob: {} }, 'replicated-job', 2],
    [{ GlobalJob: {} }, 'global-job', 2],
  ])('of mode %j are %s and want %d', (mode, name, desired) => {
    expect(parseServiceCounts([service('web', mode)])).toEqual([
      { id: 'web-id', name: 'web', mode: name, image: 'web:1', desired, running: 1, version: 7 },
    ]);
  });

  test('are unsettled as long as another number runs than is wanted', () => {
    const counts = parseServiceCounts([
      service('less', { Replicated: { Replicas: 2 } }),
      service('more', { Replicated: { Replicas: 0 } }),
      service('right', { Replicated: { Replicas: 1 } }),
    ]);
    expect(unsettledServices(counts).map(({ name }) => name)).toEqual(['less', 'more']);
  });

  test('are left out where they have no name', () => {
    expect(parseServiceCounts([{}, null, 7])).toEqual([]);
  });
});

test('nodes are read with state and availability', () => {
  const node = {
    ID: 'n1',
    Spec: { Role: 'worker', Availability: 'drain', Labels: { 'micado.pool': 'worker' } },
    Description: {
      Hostname: 'w1',
      Engine: { EngineVersion: '20.10.24' },
      Resources: { NanoCPUs: 2_000_000_000, MemoryBytes: 4_096 },
    },
    Status: { State: 'down' },
  };
  expect(parseNodes([node, {}])).toEqual([
    {
      id: 'n1',
      hostname: 'w1',
      role: 'worker',
      engineVersion: '20.10.24',
      state: 'down',
      availability: 'drain',
      leader: undefined,
      cores: 2,
      memoryBytes: 4_096,
      pool: 'worker',
    },
  ]);
});

test('of managers one is the leader', () => {
  const manager = (id: string, status: object) => ({
    ID: id,
    Spec: { Role: 'manager' },
    ManagerStatus: status,
  });
  const nodes = parseNodes([manager('m1', { Leader: true, Reachability: 'reachable' }), manager('m2', {})]);
  expect(nodes.map(({ leader }) => leader)).toEqual([true, false]);
});
