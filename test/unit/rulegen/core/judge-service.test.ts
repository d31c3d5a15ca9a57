import { describe, expect, test } from '@jest/globals';
import { EMPTY_POLICY } from '../../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { judge, planOf, policyOf } from './judging.ts';

describe('whether a service is scaled', () => {
  const scaleFalse = { defaults: { scale: false } };
  test.each<[string, Partial<ServiceFacts>, unknown, string]>([
    ['a service without any label', {}, {}, 'scaled'],
    [
      'a part of the stack, whatever it says',
      { labels: { 'micado.part': 'rulegen', 'micado.scale': 'true' } },
      {},
      'stack_part',
    ],
    [
      'a global service, whatever it says',
      { mode: 'global', labels: { 'micado.scale': 'true' } },
      {},
      'global',
    ],
    ['a job', { mode: 'replicated-job' }, {}, 'job'],
    ['a job on every node', { mode: 'global-job' }, {}, 'job'],
    ['an opted-out service', { labels: { 'micado.scale': 'false' } }, {}, 'opted_out'],
    ['one that the policy opts out', {}, { services: { web: { scale: false } } }, 'opted_out'],
    [
      'one that the policy opts out and a label in',
      { labels: { 'micado.scale': 'true' } },
      { services: { web: { scale: false } } },
      'scaled',
    ],
    ['one under a policy that scales nothing', {}, scaleFalse, 'policy_default'],
    ['one that opts in under such a policy', { labels: { 'micado.scale': 'true' } }, scaleFalse, 'scaled'],
    ['one with a volume', { mountsVolume: true }, {}, 'volume'],
    [
      'one with a volume, although the policy scales by default',
      { mountsVolume: true },
      { defaults: { scale: true } },
      'volume',
    ],
    [
      'one with a volume that says so',
      { mountsVolume: true, labels: { 'micado.scale': 'true' } },
      {},
      'scaled',
    ],
    ['one by memory without a limit', { labels: { 'micado.metric': 'memory' } }, {}, 'no_memory_limit'],
    [
      'one by memory with a limit',
      { memoryLimitBytes: 1e6, labels: { 'micado.metric': 'memory' } },
      {},
      'scaled',
    ],
    [
      'one by throttling without a CPU limit',
      { labels: { 'micado.metric': 'throttling' } },
      {},
      'quarantined',
    ],
  ])('%s', (_title, service, policy, expected) => {
    const { verdict } = judge(service, policy);
    expect(verdict.kind === 'not_scaled' ? verdict.reason : verdict.kind).toBe(expected);
  });
});

describe('settings', () => {
  test('come from labels, then services, then defaults, then built in, each with its place', () => {
    const { settings } = judge(
      { labels: { 'micado.max': '3' } },
      {
        defaults: { max: 5, scaleup: 55, min: 2 },
        services: { web: { max: 4, scaleup: { threshold: 66, for: '9s' } } },
      },
    );
    expect(settings.max).toEqual({ value: 3, origin: 'label', from: 'micado.max' });
    expect(settings.scaleup).toEqual({ value: 66, origin: 'services', from: 'services.web.scaleup' });
    expect(settings.scaleupFor).toEqual({
      value: 9_000,
      origin: 'services',
      from: 'services.web.scaleup.for',
    });
    expect(settings.min).toEqual({ value: 2, origin: 'defaults', from: 'defaults.min' });
    expect(settings.scaledown).toEqual({ value: 20, origin: 'built-in', from: 'built in' });
  });

  test('of another service with a longer name do not apply', () => {
    expect(planOf({ name: 'web' }, { services: { 'web-2': { max: 4 } } }).max).toBe(10);
  });

  test('are these when nobody says anything', () => {
    expect(planOf({ cpuLimitCores: 0.5 })).toEqual({
      metric: 'cpu',
      query: undefined,
      limit: 0.5,
      min: 1,
      max: 10,
      strategy: 'step',
      target: 60,
      up: { threshold: 80, forMs: 2_000, step: '1', cooldownMs: 30_000 },
      down: { threshold: 20, forMs: 120_000, step: '1', cooldownMs: 120_000 },
    });
  });
});

describe('the deciding metric', () => {
  const queries = { queries: { queue: 'sum(messages{queue="{{service}}"})' } };
  test('is a query of the policy, with the name filled in', () => {
    expect(planOf({ labels: { 'micado.metric': 'queue' } }, queries).query).toEqual({
      text: 'sum(messages{queue="web"})',
      from: 'queries.queue',
    });
  });

  test.each<[string, Record<string, string>, unknown, string]>([
    ['a query of its own counts as chosen', { 'micado.query': 'up' }, {}, 'query'],
    ['a query may be named as such', { 'micado.query': 'up', 'micado.metric': 'query' }, {}, 'query'],
    [
      'a query label stands above a metric of the policy',
      { 'micado.query': 'up' },
      { defaults: { metric: 'cpu' } },
      'query',
    ],
    [
      'a metric label stands above a query of the policy',
      { 'micado.metric': 'cpu' },
      { defaults: { query: 'up' } },
      'cpu',
    ],
  ])('%s', (_title, labels, policy, metric) => {
    expect(planOf({ labels }, policy).metric).toBe(metric);
  });
});

test('an empty policy says nothing', () => {
  expect(policyOf(undefined)).toEqual(EMPTY_POLICY);
});
