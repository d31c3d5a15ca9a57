import { expect, test } from '@jest/globals';
import { type PoolExplanation, poolSteps } from '../../../../executor/web/page/pool-steps.ts';

const aNode = (vm: string, change: object = {}) => ({
  hostname: vm,
  vm,
  state: 'ready',
  availability: 'active',
  scraped: true,
  busy: 0.5,
  tasks: 1,
  may_go: 'yes',
  ...change,
});
const aPool = (change: Partial<PoolExplanation>): PoolExplanation => ({
  provider: { name: 'occopus', target: 1, vms: [{ id: 'a', state: 'ready' }] },
  bounds: { min: 1, max: 3 },
  nodes: [aNode('a')],
  drain: null,
  ...change,
});
const nowOf = (pool: PoolExplanation) =>
  poolSteps(pool).map(({ title, list }) => [title, list.find(({ at }) => at === 'now')?.name]);

test('a pool at rest has nothing under way', () => {
  expect(poolSteps(aPool({}))).toEqual([]);
});

test.each([
  ['starts', { id: 'b', state: 'booting' }, [aNode('a')], 'machine starts'],
  ['has not joined', { id: 'b', state: 'ready' }, [aNode('a')], 'joins the Swarm'],
  [
    'is not scraped',
    { id: 'b', state: 'ready' },
    [aNode('a'), aNode('b', { scraped: false })],
    'is measured',
  ],
])('a machine that %s is at its step', (_, vm, nodes, step) => {
  const vms = [{ id: 'a', state: 'ready' }, vm];
  expect(nowOf(aPool({ provider: { name: 'occopus', target: 2, vms }, nodes }))).toEqual([['b comes', step]]);
});

test('machines that the provider has not begun are counted', () => {
  const provider = { name: 'occopus', target: 3, vms: [{ id: 'a', state: 'ready' }] };
  expect(nowOf(aPool({ provider }))).toEqual([['2 more asked for', 'asked for']]);
});

test('a worker on its way out is at the step of its mark', () => {
  const drain = { node: 'a', phase: 'draining', started: '' };
  expect(nowOf(aPool({ drain }))).toEqual([['a goes', 'tasks end']]);
});
