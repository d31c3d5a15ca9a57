import { beforeEach, describe, expect, test } from '@jest/globals';
import { countTasks } from '../../../../exporter/core/count-tasks.ts';
import type { ServiceCounts } from '../../../../exporter/core/swarm-snapshot.ts';
import { createTaskBook, type TaskBook } from '../../../../exporter/core/task-book.ts';

const aService = (id: string, counts: Partial<ServiceCounts> = {}): ServiceCounts => ({
  id,
  name: `${id}-name`,
  mode: 'replicated',
  image: 'web:1',
  desired: 1,
  running: 1,
  version: 1,
  ...counts,
});
const aTask = (service: string, State: string, NodeID = '', Reservations = {}) => ({
  ServiceID: service,
  NodeID,
  Status: { State },
  Spec: { Resources: { Reservations } },
});
const NODES = [{ ID: 'n', Version: { Index: 1 } }];

let book: TaskBook;
beforeEach(() => {
  book = createTaskBook();
  const services = [aService('a'), aService('b')];
  expect(book.outdated(services, NODES, 0)).toBe('all');
  book.enter('all', [aTask('a', 'running', 'n'), aTask('b', 'running', 'n')], services);
});

describe('the tasks that are listed again', () => {
  test('are none while nothing changes', () => {
    expect(book.outdated([aService('a'), aService('b')], NODES, 59_999)).toEqual([]);
  });

  test('are those of a service that is new, was updated, or is on its way', () => {
    const services = [aService('a', { version: 2 }), aService('b', { running: 0 }), aService('c')];
    expect(book.outdated(services, NODES, 1)).toEqual(['a', 'b', 'c']);
  });

  test('are those of a service on its way each time, and once more when it has arrived', () => {
    const moving = [aService('a', { running: 0 }), aService('b')];
    for (let look = 0; look < 3; look += 1) {
      expect(book.outdated(moving, NODES, look)).toEqual(['a']);
      book.enter(['a'], [aTask('a', 'starting', 'n')], moving);
    }
    const arrived = [aService('a'), aService('b')];
    expect(book.outdated(arrived, NODES, 4)).toEqual(['a']);
    book.enter(['a'], [aTask('a', 'running', 'n')], arrived);
    expect(book.outdated(arrived, NODES, 5)).toEqual([]);
  });

  test('are all when a node changes, each minute, and where there are too many to name', () => {
    const services = [aService('a'), aService('b')];
    expect(book.outdated(services, [{ ID: 'n', Version: { Index: 2 } }], 1)).toBe('all');
    expect(book.outdated(services, [{ ID: 'n', Version: { Index: 2 } }], 60_001)).toBe('all');
    const many = Array.from({ length: 60 }, (_, index) => aService(`s${index}`));
    expect(book.outdated(many, [{ ID: 'n', Version: { Index: 2 } }], 60_002)).toBe('all');
  });
});

describe('the tasks', () => {
  const GIB = 2 ** 30;

  test('are counted by service and state, and summed up by node', () => {
    const services = [aService('a'), aService('b', { desired: 2 })];
    const reserved = { NanoCPUs: 500_000_000, MemoryBytes: GIB };
    book.enter(['b'], [aTask('b', 'running', 'n', reserved), aTask('b', 'pending', '', reserved)], services);
    book.enter(['a'], [aTask('a', 'starting', 'n', reserved), aTask('a', 'running', 'm', {})], services);
    const { tasks, reservations } = countTasks(services, (id) => book.tasksOf(id));
    expect(tasks).toEqual([
      { serviceName: 'a-name', state: 'starting', count: 1 },
      { serviceName: 'a-name', state: 'running', count: 1 },
      { serviceName: 'b-name', state: 'running', count: 1 },
      { serviceName: 'b-name', state: 'pending', count: 1 },
    ]);
    expect(Object.fromEntries(reservations)).toEqual({
      n: { cores: 1, memoryBytes: 2 * GIB },
      m: { cores: 0, memoryBytes: 0 },
    });
  });

  test('of a service that is gone are forgotten', () => {
    book.enter([], [], [aService('b')]);
    expect(book.tasksOf('a')).toEqual([]);
    expect(book.tasksOf('b')).toHaveLength(1);
  });
});
