import { describe, expect, test } from '@jest/globals';
import {
  judgeForEmptyWorker,
  shapesOfPool,
  type TaskNeeds,
  type WorkerShape,
} from '../../../internal/contract/empty-worker.ts';

const GIB = 1024 ** 3;
const aWorker = (overrides: Partial<WorkerShape> = {}): WorkerShape => ({
  capacity: { cpu: 2, memory: 4 * GIB },
  platform: { os: 'linux', architecture: 'x86_64' },
  nodeLabels: { 'micado.pool': 'worker', disk: 'SSD' },
  engineLabels: { region: 'eu' },
  ...overrides,
});
const needs = (overrides: Partial<TaskNeeds> = {}): TaskNeeds => ({
  reservations: {},
  constraints: [],
  platforms: [],
  ...overrides,
});

describe('an empty worker', () => {
  test.each<[string, Record<string, number>, string]>([
    ['nothing', {}, 'fits'],
    ['all that it has', { cpu: 2, memory: 4 * GIB }, 'fits'],
    ['a little more CPU than it has', { cpu: 2.1 }, 'too_large'],
    ['more memory than it has', { memory: 64 * GIB }, 'too_large'],
    ['a kind of resource that it has not', { gpu: 1 }, 'too_large'],
  ])('judges a reservation of %s', (_title, reservations, verdict) => {
    expect(judgeForEmptyWorker(needs({ reservations }), aWorker())).toBe(verdict);
  });

  test.each([
    ['node.labels.disk==ssd', 'fits'],
    ['node.labels.disk == ssd', 'fits'],
    ['node.labels.disk!=ssd', 'unsatisfied_constraints'],
    ['node.labels.zone==north', 'unsatisfied_constraints'],
    ['node.labels.zone!=north', 'fits'],
    ['node.labels.toString!=function', 'fits'],
    ['engine.labels.region==eu', 'fits'],
    ['engine.labels.region==us', 'unsatisfied_constraints'],
    ['node.role==worker', 'fits'],
    ['node.role!=manager', 'fits'],
    ['node.role==manager', 'unsatisfied_constraints'],
    ['node.platform.os==linux', 'fits'],
    ['node.platform.arch==x86_64', 'fits'],
    ['node.hostname==w1', 'unsatisfied_constraints'],
    ['node.hostname!=w1', 'fits'],
    ['node.id==abc', 'unsatisfied_constraints'],
    ['node.ip==10.0.0.0/8', 'unsatisfied_constraints'],
    ['node.mood==good', 'unsatisfied_constraints'],
    ['nonsense', 'unsatisfied_constraints'],
  ])('judges the constraint %s: %s', (constraint, verdict) => {
    expect(judgeForEmptyWorker(needs({ constraints: [constraint] }), aWorker())).toBe(verdict);
  });

  test.each([
    [[{ os: 'linux', architecture: 'amd64' }], 'fits'],
    [[{ os: 'linux', architecture: '' }], 'fits'],
    [[{ os: 'windows', architecture: 'amd64' }], 'unsatisfied_constraints'],
    [
      [
        { os: 'linux', architecture: 'arm64' },
        { os: 'linux', architecture: 'amd64' },
      ],
      'fits',
    ],
  ])('judges an image for the platforms %j: %s', (platforms, verdict) => {
    expect(judgeForEmptyWorker(needs({ platforms }), aWorker())).toBe(verdict);
  });

  test('names constraints before size, because no larger worker would help', () => {
    const task = needs({ reservations: { cpu: 99 }, constraints: ['node.role==manager'] });
    expect(judgeForEmptyWorker(task, aWorker())).toBe('unsatisfied_constraints');
  });
});

describe('the shapes of a pool', () => {
  test('have the labels that all workers have in common, and the size of each', () => {
    const shapes = shapesOfPool([
      aWorker({ nodeLabels: { 'micado.pool': 'worker', 'micado.vm': 'a', disk: 'ssd' } }),
      aWorker({ nodeLabels: { 'micado.pool': 'worker', 'micado.vm': 'b' }, capacity: { cpu: 8 } }),
    ]);
    expect(shapes.map(({ nodeLabels }) => nodeLabels)).toEqual([
      { 'micado.pool': 'worker' },
      { 'micado.pool': 'worker' },
    ]);
    expect(shapes.map(({ capacity }) => capacity['cpu'])).toEqual([2, 8]);
  });

  test('are none where no worker is known', () => {
    expect(shapesOfPool([])).toEqual([]);
  });
});
