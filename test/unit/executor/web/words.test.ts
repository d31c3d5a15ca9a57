import { describe, expect, test } from '@jest/globals';
import type {
  OverviewPool,
  OverviewService,
  PartColour,
} from '../../../../executor/core/overview/overview-shape.ts';
import {
  describeAge,
  describeAlerts,
  describeCooldown,
  describeFigure,
  describeHeadline,
  describeLost,
  describeMood,
  describeNoServices,
  describeThresholds,
  describeVerdict,
  matchesText,
  plottedThresholds,
  sayWhy,
  targetName,
} from '../../../../executor/web/page/words.ts';
import { aCluster } from '../../../bench/page/made-up-cluster.ts';

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const cluster = aCluster(3, NOW_MS);

function aService(change: Partial<OverviewService> = {}): OverviewService {
  const [first] = cluster.services;
  if (first === undefined) throw new Error('the cluster has no service');
  return { ...first, ...change };
}
const anAlert = (name: string, change: object = {}) => ({
  name,
  state: 'firing' as const,
  since: null,
  suppressed: null,
  decides: true,
  ...change,
});

test.each([
  [0, '0 s'],
  [59_000, '59 s'],
  [61_000, '1 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 d'],
  [-5, '0 s'],
])('an age of %d ms is %s', (ms, text) => {
  expect(describeAge(ms)).toBe(text);
});

test.each([
  [0, '0'],
  [0.041, '0.04'],
  [7.26, '7.3'],
  [52.4, '52'],
  [12_345, '12.3k'],
  [2_500_000, '2.5M'],
])('the figure %d is shown as %s', (value, text) => {
  expect(describeFigure(value)).toBe(text);
});

describe('the headline', () => {
  test('says that all is well', () => {
    expect(describeHeadline({ ...cluster, services: [aService()], pools: [] })).toBe(
      'All is well with one service.',
    );
  });
  test('counts services and pools, and those of both that are over or under a threshold', () => {
    const [pool] = cluster.pools;
    if (pool === undefined) throw new Error('the cluster has no pool');
    const busyPool = { ...pool, alerts: [anAlert('worker_overloaded')] };
    const services = [aService(), aService({ alerts: [anAlert('at_max', { decides: false })] })];
    expect(describeHeadline({ ...cluster, services })).toBe(
      'All is well with 2 services and one pool of workers.',
    );
    expect(describeHeadline({ ...cluster, services, pools: [busyPool, pool] })).toBe(
      'Scaling 2 services and 2 pools of workers; 1 over or under a threshold.',
    );
  });
  test('says that the executor does not answer, and since when', () => {
    expect(describeLost(undefined, NOW_MS)).toBe('The executor does not answer.');
    const then = new Date(2026, 0, 1, 9, 5, 7);
    expect(describeLost(then.toISOString(), then.getTime())).toBe(
      'The executor has not answered since 09:05:07.',
    );
  });
  test('names the part that does not answer before anything else', () => {
    const parts = cluster.parts.map((part) =>
      part.name === 'docker' ? { ...part, state: 'away' as const } : part,
    );
    expect(describeHeadline({ ...cluster, parts })).toBe('Docker: it does not answer.');
    const late = cluster.parts.map((part) =>
      part.name === 'exporter' ? { ...part, state: 'late' as const } : part,
    );
    expect(describeHeadline({ ...cluster, parts: late })).toBe('Exporters: they need a look.');
  });
  test('says that scaling is paused', () => {
    expect(describeHeadline({ ...cluster, paused: { reason: '', since: '' } })).toBe('Scaling is paused.');
  });
  test('says what an empty cluster waits for', () => {
    expect(describeHeadline({ ...cluster, services: [] })).toBe('All is well with one pool of workers.');
    const empty = { ...cluster, services: [], pools: [] };
    expect(describeHeadline(empty)).toBe('Ready, and no service to scale yet.');
  });
});

test.each<[string, Partial<OverviewService>, string]>([
  ['quarantined', { quarantined: ['service-web.yml'], paused: true }, 'rules in quarantine'],
  ['paused', { paused: true }, 'paused'],
  ['silenced', { alerts: [anAlert('web_overloaded', { suppressed: 'silenced' })] }, 'silenced'],
  ['overloaded', { alerts: [anAlert('web_overloaded')] }, 'overloaded'],
  ['under an alert for people alone', { alerts: [anAlert('at_max', { decides: false })] }, 'well'],
  ['starting', { replicas: 3, running: 2 }, 'starting'],
  ['soon overloaded', { alerts: [anAlert('web_overloaded', { state: 'pending' })] }, 'soon overloaded'],
  ['not seen', { replicas: null, running: null }, 'not seen'],
  ['well', {}, 'well'],
])('a service that is %s says so', (_, change, word) => {
  expect(describeMood(aService(change)).word).toBe(word);
});

test.each<[string, Partial<OverviewPool>, string]>([
  ['quarantined', { quarantined: ['workers-worker.yml'], paused: true }, 'rules in quarantine'],
  ['paused', { paused: true, alerts: [anAlert('worker_overloaded')] }, 'paused'],
  ['overloaded', { alerts: [anAlert('worker_overloaded')] }, 'overloaded'],
  ['well', {}, 'well'],
])('a pool that is %s says so', (_, change, word) => {
  const [pool] = cluster.pools;
  if (pool === undefined) throw new Error('the cluster has no pool');
  expect(describeMood({ ...pool, ...change }).word).toBe(word);
});

test('every alert is listed with its state and age, those for people by their own names', () => {
  const since = new Date(NOW_MS - 120_000).toISOString();
  expect(
    describeAlerts(
      [
        anAlert('web_overloaded', { since, suppressed: 'silenced' }),
        anAlert('web_underloaded', { state: 'pending' }),
        anAlert('web_queue_long', { since, decides: false }),
      ],
      NOW_MS,
    ),
  ).toBe(
    'Alerts: overloaded for 2 min (firing, silenced); underloaded (pending); web_queue_long for 2 min (firing)',
  );
  expect(describeAlerts([], NOW_MS)).toBe('');
});

test('a page without services asks for one only where Prometheus has said that there is none', () => {
  const without = (state: PartColour) =>
    describeNoServices(cluster.parts.map((part) => (part.name === 'prometheus' ? { ...part, state } : part)));
  expect(without('well')).toContain('Create one');
  for (const state of ['away', 'unknown'] as const)
    expect(without(state)).toBe('Which services have scaling rules is not known before Prometheus answers.');
});

test('both thresholds are said and plotted; of a target the target', () => {
  expect(describeThresholds(aService())).toBe('grows over 80 %, shrinks under 20 %');
  expect(plottedThresholds(aService()).map(({ value }) => value)).toEqual([80, 20]);
  expect(plottedThresholds(aService({ strategy: 'target' }))).toEqual([{ label: 'target', value: 60 }]);
});

test('a total is plotted without a threshold, because its target is per replica', () => {
  const query = aService({ strategy: 'target', metric: 'query', goal: 10 });
  expect(plottedThresholds(query)).toEqual([]);
  expect(describeThresholds(query)).toBe('total; aims at 10 per replica');
});

test('cool-downs are named by their direction', () => {
  expect(describeCooldown(aService({ cooldown: { up_left_s: 4, down_left_s: 90 } }))).toBe(
    'cool-down: up 4 s, down 90 s',
  );
  expect(describeCooldown(aService())).toBe('');
});

test('verdicts are short', () => {
  expect(describeVerdict({ kind: 'scale', reason: 'overloaded', from: 1, to: 2 })).toBe('▲ 1 → 2');
  expect(describeVerdict({ kind: 'scale', reason: 'underloaded', from: 2, to: 1 })).toBe('▼ 2 → 1');
  expect(describeVerdict({ kind: 'hold', reason: 'not_firing' })).toBe('quiet');
  expect(describeVerdict({ kind: 'hold', reason: 'cooldown' })).toBe('held');
  expect(describeVerdict({ kind: 'step', reason: 'drain_started' })).toBe('drain started');
});

test('a reason and its detail are one sentence, and that nothing fires needs no more', () => {
  expect(sayWhy({ reason: 'cooldown', sentence: 'Too recent.', detail: 'up waits 15 s' })).toBe(
    'Too recent: up waits 15 s.',
  );
  expect(sayWhy({ reason: 'not_firing', sentence: 'Nothing fires.', detail: 'nothing' })).toBe(
    'Nothing fires.',
  );
  expect(sayWhy({ reason: 'x' })).toBe('');
});

test('decisions are found by any of their words', () => {
  const decision = {
    id: 1,
    time: '',
    target: 'docker/web',
    kind: 'hold',
    reason: 'cooldown',
    detail: 'Up again',
  };
  expect(['', 'web', 'cool', 'up again'].map((text) => matchesText(decision, text))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(matchesText(decision, 'api')).toBe(false);
  expect(targetName('VM/infra/worker')).toBe('infra / worker');
});
