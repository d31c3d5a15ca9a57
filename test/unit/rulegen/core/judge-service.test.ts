import { describe, expect, test } from '@jest/globals';
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import { EMPTY_POLICY, type Policy } from '../../../../rulegen/core/policy.ts';
import { isError } from '../../../../rulegen/core/problem.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { aService, noWindow } from '../builders.ts';

function policyOf(document: unknown): Policy {
  const parsed = parsePolicy(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

const judge = (service: Partial<ServiceFacts>, policy: unknown = {}) =>
  judgeService(aService(service), policyOf(policy), noWindow);
const planOf = (service: Partial<ServiceFacts>, policy: unknown = {}) => {
  const { verdict } = judge(service, policy);
  if (verdict.kind !== 'scaled') throw new Error(`not scaled: ${JSON.stringify(verdict)}`);
  return verdict.plan;
};

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

describe('what is wrong is named with its place, its value and the cure', () => {
  test.each<[string, Partial<ServiceFacts>, unknown, string, RegExp]>([
    [
      'a misspelt label',
      { labels: { 'micado.scalup': '70' } },
      {},
      'micado.scalup',
      /did you mean "micado.scaleup"/,
    ],
    [
      'a doubled letter',
      { labels: { 'micado.scaleupp': '70' } },
      {},
      'micado.scaleupp',
      /did you mean "micado.scaleup"/,
    ],
    [
      'a misspelt label with a name in it',
      { labels: { 'micado.alrt.slow.expr': 'up' } },
      {},
      'micado.alrt.slow.expr',
      /did you mean "micado.alert.slow.expr"/,
    ],
    [
      'a misspelt schedule',
      { labels: { 'micado.shedule.night': 'x' } },
      {},
      'micado.shedule.night',
      /did you mean "micado.schedule.night"/,
    ],
    [
      'a switch of rules that is none',
      { labels: { 'micado.rules': '-ooms' } },
      {},
      'micado.rules',
      /did you mean "oom"/,
    ],
    [
      'a switch for the executor that is none',
      { labels: { 'micado.keep': 'yes' } },
      {},
      'micado.keep',
      /true or false/,
    ],
    [
      'a label that nobody knows',
      { labels: { 'micado.zzzzzzzzzz': '1' } },
      {},
      'micado.zzzzzzzzzz',
      /is no label of micado$/,
    ],
    ['a switch that is none', { labels: { 'micado.scale': 'yes' } }, {}, 'micado.scale', /true or false/],
    ['a count with a sign', { labels: { 'micado.max': '-1' } }, {}, 'micado.max', /whole number from 1/],
    ['a count in another notation', { labels: { 'micado.max': '1e3' } }, {}, 'micado.max', /whole number/],
    [
      'a threshold with a unit',
      { labels: { 'micado.scaleup': '80%' } },
      {},
      'micado.scaleup',
      /a number above 0/,
    ],
    [
      'a duration without a unit',
      { labels: { 'micado.scaleup.for': '30' } },
      {},
      'micado.scaleup.for',
      /duration such as/,
    ],
    [
      'a step of nothing',
      { labels: { 'micado.scaleup.step': '0' } },
      {},
      'micado.scaleup.step',
      /replicas such as 2/,
    ],
    [
      'a strategy that does not exist',
      { labels: { 'micado.strategy': 'steps' } },
      {},
      'micado.strategy',
      /step or target/,
    ],
    [
      'a metric that does not exist',
      { labels: { 'micado.metric': 'memry' } },
      {},
      'micado.metric',
      /did you mean "memory"/,
    ],
    [
      'a query that is wanted and not there',
      { labels: { 'micado.metric': 'query' } },
      {},
      'micado.metric',
      /there is none/,
    ],
    [
      'two metrics at once',
      { labels: { 'micado.metric': 'cpu', 'micado.query': 'up' } },
      {},
      'micado.metric',
      /although micado.query/,
    ],
    [
      'bounds that cross',
      { labels: { 'micado.min': '5', 'micado.max': '4' } },
      {},
      'micado.min',
      /not be above the maximum 4/,
    ],
    [
      'bounds that cross between places',
      { labels: { 'micado.max': '2' } },
      { defaults: { min: 3 } },
      'defaults.min',
      /\(micado.max\)/,
    ],
    [
      'zero replicas without a query',
      { labels: { 'micado.min': '0' } },
      {},
      'micado.min',
      /with a query only/,
    ],
    [
      'thresholds that cross',
      { labels: { 'micado.scaleup': '20' } },
      {},
      'micado.scaleup',
      /above the threshold for scaling down, 20/,
    ],
    [
      'a threshold that is never reached',
      { cpuLimitCores: 1, labels: { 'micado.scaleup': '120' } },
      {},
      'micado.scaleup',
      /never reached/,
    ],
    [
      'a target that is never reached',
      { cpuLimitCores: 1, labels: { 'micado.strategy': 'target', 'micado.target': '101' } },
      {},
      'micado.target',
      /never reached/,
    ],
    [
      'a scrape port that is none',
      { labels: { 'micado.scrape.port': '0' } },
      {},
      'micado.scrape.port',
      /from 1 to 65535/,
    ],
  ])('%s', (_title, service, policy, where, message) => {
    const { verdict, problems: all } = judge(service, policy);
    const problems = all.filter(isError);
    expect(verdict.kind).toBe('quarantined');
    expect(problems).toEqual([expect.objectContaining({ where, message: expect.stringMatching(message) })]);
    expect(problems[0]?.cure).not.toBe('');
  });

  test('all at once', () => {
    const { problems } = judge({
      cpuLimitCores: 1,
      labels: { 'micado.max': 'x', 'micado.scaleup.for': 'y', 'micado.nothing': 'z' },
    });
    expect(problems.map(({ where }) => where)).toEqual([
      'micado.max',
      'micado.nothing',
      'micado.scaleup.for',
    ]);
  });

  test.each<[string, Partial<ServiceFacts>]>([
    ['CPU without a limit may exceed 100 percent of one core', { labels: { 'micado.scaleup': '250' } }],
    ['thresholds mean nothing by target', { labels: { 'micado.strategy': 'target', 'micado.scaleup': '5' } }],
    ['0 replicas with a query', { labels: { 'micado.min': '0', 'micado.query': 'up' } }],
    ['labels of others', { labels: { 'com.example.micado.max': 'x', micado: 'y' } }],
    ['a switch that the executor reads', { labels: { 'micado.keep': 'true' } }],
    ['what the executor writes', { labels: { 'micado.state.at': 'now', 'micado.state.anything': '' } }],
  ])('nothing is wrong with: %s', (_title, service) => {
    const { verdict, problems } = judge(service);
    expect(verdict.kind).toBe('scaled');
    expect(problems.filter(isError)).toEqual([]);
  });

  test('an opted-out service is left out, and its other mistakes are still shown', () => {
    const judged = judge({ labels: { 'micado.scale': 'false', 'micado.max': 'x' } });
    expect(judged.verdict.kind).toBe('not_scaled');
    expect(judged.problems).toHaveLength(1);
  });
});

describe('what is sound and most likely not wanted is a warning, and stops nothing', () => {
  test.each<[string, Partial<ServiceFacts>, unknown, string, RegExp]>([
    ['no CPU limit', { cpuLimitCores: undefined }, {}, 'CPU limit', /percent of one core/],
    [
      'a pair of thresholds that flaps after one step up',
      { labels: { 'micado.scaledown': '41' } },
      {},
      'micado.scaledown',
      /from 1 to 2 replicas takes the value from 80 \(built in\) to 40, which is below it/,
    ],
    [
      'a step that overshoots',
      { labels: { 'micado.min': '2' } },
      { defaults: { scaleup: { step: '400%' } } },
      'built in',
      /from 2 to 10 replicas takes the value from 80 \(built in\) to 16/,
    ],
  ])('%s', (_title, service, policy, where, message) => {
    const { verdict, problems } = judge({ cpuLimitCores: 1, ...service }, policy);
    expect(verdict.kind).toBe('scaled');
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'warning', where, message: expect.stringMatching(message) }),
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['thresholds that are far enough apart', { 'micado.scaledown': '40' }],
    ['more replicas at least, which a step changes less', { 'micado.scaledown': '60', 'micado.min': '4' }],
    [
      'a target, which goes down only where fewer are enough',
      { 'micado.scaledown': '60', 'micado.strategy': 'target' },
    ],
    ['no room for a step', { 'micado.scaledown': '60', 'micado.max': '1' }],
  ])('no flapping with %s', (_title, labels) => {
    expect(judge({ cpuLimitCores: 1, labels }).problems).toEqual([]);
  });
});

test('an empty policy says nothing', () => {
  expect(policyOf(undefined)).toEqual(EMPTY_POLICY);
});
