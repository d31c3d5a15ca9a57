import { describe, expect, test } from '@jest/globals';
import { isError } from '../../../../rulegen/core/problem.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { judge } from './judging.ts';

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
