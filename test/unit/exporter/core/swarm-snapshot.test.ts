import { describe, expect, test } from '@jest/globals';
import { pendingReason } from '../../../../exporter/core/pending-reason.ts';
import {
  countPendingTasks,
  parseNodes,
  parseServiceCounts,
  unsettledServices,
} from '../../../../exporter/core/swarm-snapshot.ts';

const service = (name: string, mode: object, status: object = { RunningTasks: 1, DesiredTasks: 2 }) => ({
  ID: `${name}-id`,
  Spec: { Name: name, Mode: mode },
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
      { id: 'web-id', name: 'web', mode: name, desired, running: 1 },
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
    Spec: { Role: 'worker', Availability: 'drain' },
    Description: { Hostname: 'w1', Engine: { EngineVersion: '20.10.24' } },
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
    },
  ]);
});

describe('pending tasks', () => {
  test.each([
    ['no suitable node (insufficient resources on 2 nodes)', 'insufficient_resources'],
    [
      'no suitable node (scheduling constraints not satisfied on 1 node; insufficient resources on 2 nodes)',
      'insufficient_resources',
    ],
    ['no suitable node (scheduling constraints not satisfied on 3 nodes)', 'unsatisfied_constraints'],
    ['no suitable node (max replicas per node limit exceed)', 'max_replicas_per_node'],
    ['no suitable node (host-mode port already in use on 1 node)', 'port_in_use'],
    ['no suitable node (unsupported platform on 1 node)', 'other'],
    ['', 'other'],
  ])('of which the scheduler says %j want for %s', (error, reason) => {
    expect(pendingReason(error)).toBe(reason);
  });

  test('are counted by service and reason; tasks in any other state are not', () => {
    const services = parseServiceCounts([service('web', { Replicated: { Replicas: 4 } })]);
    const task = (State: string, Err = '', ServiceID = 'web-id') => ({ ServiceID, Status: { State, Err } });
    const resources = 'no suitable node (insufficient resources on 1 node)';
    expect(
      countPendingTasks(
        [
          task('pending', resources),
          task('pending', resources),
          task('pending', 'no suitable node (scheduling constraints not satisfied on 1 node)'),
          task('running', resources),
          task('starting'),
          task('pending', resources, 'unknown-id'),
        ],
        services,
      ),
    ).toEqual([
      { serviceName: 'web', reason: 'insufficient_resources', count: 2 },
      { serviceName: 'web', reason: 'unsatisfied_constraints', count: 1 },
    ]);
  });
});
