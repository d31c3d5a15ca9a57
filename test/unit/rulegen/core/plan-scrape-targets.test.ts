import { describe, expect, test } from '@jest/globals';
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import {
  planScrapeTargets,
  type ScrapeNode,
  type ScrapeTask,
} from '../../../../rulegen/core/plan-scrape-targets.ts';
import { EMPTY_POLICY } from '../../../../rulegen/core/policy.ts';
import { aService, noWindow } from '../builders.ts';

const aNode = (overrides: Partial<ScrapeNode> = {}): ScrapeNode => ({
  id: 'n1',
  hostname: 'w1',
  role: 'worker',
  address: '10.0.0.5',
  state: 'ready',
  labels: {},
  ...overrides,
});
const aTask = (overrides: Partial<ScrapeTask> = {}): ScrapeTask => ({
  id: 't1',
  serviceId: 'id-of-web',
  slot: 1,
  nodeId: 'n1',
  addresses: [],
  hostPorts: [],
  ...overrides,
});
const web = judgeService(
  aService({ labels: { 'micado.scrape.port': '8080', 'micado.scrape.path': '/m' } }),
  EMPTY_POLICY,
  noWindow,
);
const taskTargets = (task: ScrapeTask) => planScrapeTargets([aNode()], [web], [task], 9200)[0]?.targets;

describe('scrape targets', () => {
  test('are the exporters of the nodes that carry a pool label', () => {
    const nodes = [
      aNode({ labels: { 'micado.pool': 'worker' } }),
      aNode({ id: 'n2', hostname: 'w2', address: 'fd00::2', labels: { 'micado.pool': 'worker' } }),
      aNode({ id: 'n3', hostname: 'm1' }),
    ];
    expect(planScrapeTargets(nodes, [], [], 9200)).toEqual([
      { targets: ['10.0.0.5:9200'], labels: { job: 'exporter', pool: 'worker', node: 'w1' } },
      { targets: ['[fd00::2]:9200'], labels: { job: 'exporter', pool: 'worker', node: 'w2' } },
    ]);
  });

  test('leave out a node that is down: it is no capacity', () => {
    const labels = { 'micado.pool': 'worker' };
    expect(planScrapeTargets([aNode({ state: 'down', labels })], [], [], 9200)).toEqual([]);
  });

  test('leave out a manager, whose exporter is scraped already', () => {
    const labels = { 'micado.pool': 'worker' };
    expect(planScrapeTargets([aNode({ role: 'manager', labels })], [], [], 9200)).toEqual([]);
  });

  test('are the tasks of a service with metrics of its own, and of no other', () => {
    const tasks = [
      aTask({ addresses: ['10.0.1.7'] }),
      aTask({ id: 't2', serviceId: 'other', addresses: ['10.0.1.8'] }),
    ];
    expect(planScrapeTargets([aNode()], [web], tasks, 9200)).toEqual([
      {
        targets: ['10.0.1.7:8080'],
        labels: { service: 'web', task: 'web.1', node: 'w1', __metrics_path__: '/m' },
      },
    ]);
  });

  test.each<[string, Partial<ScrapeTask>, string]>([
    [
      'on the node where the port is published there',
      { addresses: ['10.0.1.7'], hostPorts: [{ target: 8080, published: 30_001 }] },
      '10.0.0.5:30001',
    ],
    [
      'in its network otherwise',
      { addresses: ['10.0.1.7'], hostPorts: [{ target: 1, published: 2 }] },
      '10.0.1.7:8080',
    ],
    ['on the node with host networking', {}, '10.0.0.5:8080'],
  ])('reach a task %s', (_title, task, target) => {
    expect(taskTargets(aTask(task))).toEqual([target]);
  });

  test('leave out a task of which no address is known', () => {
    expect(planScrapeTargets([], [web], [aTask()], 9200)).toEqual([]);
  });

  test('leave out a task on a node that is down, which the Swarm lists for a while', () => {
    const task = aTask({ addresses: ['10.0.1.7'] });
    expect(planScrapeTargets([aNode({ state: 'down' })], [web], [task], 9200)).toEqual([]);
  });
});

describe('the parts of the stack', () => {
  const aPart = (part: string, port: number) =>
    judgeService(
      aService({
        id: `id-of-${part}`,
        name: `micado_${part}`,
        mode: part === 'exporter' ? 'global' : 'replicated',
        labels: { 'micado.part': part, 'micado.scrape.port': String(port) },
      }),
      EMPTY_POLICY,
      noWindow,
    );

  test('are jobs of their own, named as the part', () => {
    const tasks = [aTask({ serviceId: 'id-of-executor', addresses: ['10.0.1.7'] })];
    expect(planScrapeTargets([aNode()], [aPart('executor', 9095)], tasks, 9200)).toEqual([
      {
        targets: ['10.0.1.7:9095'],
        labels: {
          job: 'executor',
          service: 'micado_executor',
          task: 'micado_executor.1',
          node: 'w1',
          __metrics_path__: '/metrics',
        },
      },
    ]);
  });

  test('an exporter that runs as a service has the labels of one that its node runs, and is listed once', () => {
    const nodes = [
      aNode({ id: 'n1', hostname: 'm1', role: 'manager' }),
      aNode({ id: 'n2', hostname: 'w1', address: '10.0.0.6', labels: { 'micado.pool': 'worker' } }),
      aNode({ id: 'n3', hostname: 'w2', address: '10.0.0.7', labels: { 'micado.pool': 'worker' } }),
    ];
    const tasks = [
      aTask({ id: 't1', serviceId: 'id-of-exporter', slot: 0, nodeId: 'n1' }),
      aTask({ id: 't2', serviceId: 'id-of-exporter', slot: 0, nodeId: 'n2' }),
    ];
    const targets = planScrapeTargets(nodes, [aPart('exporter', 9200)], tasks, 9200);
    const path = { __metrics_path__: '/metrics' };
    expect(targets).toEqual([
      { targets: ['10.0.0.5:9200'], labels: { job: 'exporter', node: 'm1', ...path } },
      { targets: ['10.0.0.7:9200'], labels: { job: 'exporter', pool: 'worker', node: 'w2' } },
      { targets: ['10.0.0.6:9200'], labels: { pool: 'worker', job: 'exporter', node: 'w1', ...path } },
    ]);
  });

  test('tasks of a global service go by their nodes', () => {
    const tasks = [aTask({ serviceId: 'id-of-alertmanager', slot: 0, addresses: ['10.0.1.7'] })];
    const [target] = planScrapeTargets([aNode()], [aPart('alertmanager', 9093)], tasks, 9200);
    expect(target?.labels['task']).toBe('micado_alertmanager.w1');
  });
});
