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
});
