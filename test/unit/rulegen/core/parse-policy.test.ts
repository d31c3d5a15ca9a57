import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { NOTHING_GIVEN } from '../../../../rulegen/core/given.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import { EMPTY_POLICY } from '../../../../rulegen/core/policy.ts';

const problemsOf = (document: unknown) => {
  const parsed = parsePolicy(document);
  return parsed.ok ? [] : parsed.problems;
};

describe('a policy', () => {
  test('of MiCADO 0.3.1 is valid as it is', () => {
    const text = readFileSync(
      new URL('../../../fixtures/rulegen/scaling_policy.yaml', import.meta.url),
      'utf8',
    );
    const given = (scaleup: number, scaledown: number) => ({
      ...NOTHING_GIVEN,
      settings: { scaleup, scaledown },
    });
    expect(parsePolicy(load(text))).toEqual({
      ok: true,
      policy: {
        ...EMPTY_POLICY,
        services: new Map([
          ['service_name1', given(80, 20)],
          ['service_name2', given(90, 10)],
          ['stress-test', given(60, 20)],
        ]),
      },
    });
  });

  test('may hold rules, schedules and alerts, as their labels would', () => {
    const parsed = parsePolicy({
      defaults: {
        rules: '-oom',
        schedule: { night: '0 20 * * *; 8h; max=2' },
        alert: { slow: { expr: 'up', for: '1m', label: { team: 'a' }, annotation: { hint: 'b' } } },
      },
    });
    expect(parsed.ok && parsed.policy.defaults).toEqual({
      settings: { rules: ['oom'] },
      schedules: new Map([
        ['night', { cron: '0 20 * * *', durationMs: 28_800_000, min: undefined, max: 2, timeZone: 'UTC' }],
      ]),
      alerts: new Map([
        ['slow', { expr: 'up', for: 60_000, label: { team: 'a' }, annotation: { hint: 'b' } }],
      ]),
    });
  });

  test('may have every setting, nested or by its bare threshold', () => {
    const parsed = parsePolicy({
      defaults: {
        scale: false,
        min: 2,
        max: 20,
        metric: 'queue',
        scaleup: { threshold: 70.5, for: '5s', step: '50%', cooldown: '1m' },
        scaledown: 10,
        strategy: 'target',
        target: 55,
        scrape: { port: 8080, path: '/m' },
      },
      queries: { queue: 'sum(x)' },
    });
    expect(parsed.ok && parsed.policy.defaults.settings).toEqual({
      scale: false,
      min: 2,
      max: 20,
      metric: 'queue',
      scaleup: 70.5,
      scaleupFor: 5_000,
      scaleupStep: '50%',
      scaleupCooldown: 60_000,
      scaledown: 10,
      strategy: 'target',
      target: 55,
      scrapePort: 8080,
      scrapePath: '/m',
    });
  });

  test.each([undefined, null, {}, { services: null, defaults: null, queries: null, workers: null }])(
    'that says nothing is empty: %j',
    (document) => {
      expect(parsePolicy(document)).toEqual({ ok: true, policy: EMPTY_POLICY });
    },
  );

  test('fills in the worker pool of MiCADO', () => {
    const parsed = parsePolicy({ workers: [{ max: 4, scaleup: 70 }] });
    expect(parsed.ok && parsed.policy.workers).toEqual([
      {
        name: 'worker',
        infra: 'micado_worker_infra',
        min: 1,
        max: 4,
        up: { threshold: 70, forMs: 10_000, step: '1', cooldownMs: 60_000 },
        down: { threshold: 20, forMs: 300_000, step: '1', cooldownMs: 300_000 },
      },
    ]);
  });

  test.each<[string, unknown, string, RegExp]>([
    ['a list', [], 'policy file', /must be a mapping/],
    ['an unknown part', { service: {} }, 'service', /did you mean "services"/],
    [
      'an unknown setting',
      { services: { web: { scaleupp: 1 } } },
      'services.web.scaleupp',
      /did you mean "scaleup"/,
    ],
    [
      'an unknown part of a direction',
      { defaults: { scaleup: { treshold: 1 } } },
      'defaults.scaleup.treshold',
      /did you mean "threshold"/,
    ],
    ['a wrong value', { services: { web: { max: 'many' } } }, 'services.web.max', /whole number/],
    [
      'a duration without a unit',
      { defaults: { scaleup: { for: 30 } } },
      'defaults.scaleup.for',
      /duration such as/,
    ],
    ['a list for a value', { defaults: { max: [1] } }, 'defaults.max', /one value/],
    ['nothing for a value', { defaults: { max: null } }, 'defaults.max', /one value/],
    ['services as a list', { services: ['web'] }, 'services', /must be a mapping/],
    ['a query named like a metric', { queries: { cpu: 'up' } }, 'queries.cpu', /built-in metric/],
    ['an empty query', { queries: { q: '' } }, 'queries.q', /some text/],
    [
      'a pool with a name that no file can have',
      { workers: [{ name: '../x' }] },
      'workers.0.name',
      /letters, digits/,
    ],
    [
      'two pools of one name, though of two infrastructures',
      { workers: [{ infra: 'a' }, { infra: 'b' }] },
      'workers',
      /each pool once, of whatever infra/,
    ],
    [
      'a pool whose bounds cross',
      { workers: [{ min: 5, max: 2 }] },
      'workers.0',
      /min 5 must not be above max 2/,
    ],
    ['a pool whose thresholds cross', { workers: [{ scaleup: 10, scaledown: 20 }] }, 'workers.0', /below/],
  ])('with %s is refused, by name', (_title, document, where, message) => {
    expect(problemsOf(document)).toEqual([
      expect.objectContaining({ where, message: expect.stringMatching(message) }),
    ]);
  });

  test('names every problem, not only the first', () => {
    const problems = problemsOf({ defaults: { max: 'x', min: 'y' }, services: { a: { target: 0 } }, foo: 1 });
    expect(problems.map(({ where }) => where).sort()).toEqual([
      'defaults.max',
      'defaults.min',
      'foo',
      'services.a.target',
    ]);
  });

  test('of any shape is either taken or refused with problems', () => {
    fc.assert(
      fc.property(fc.anything(), (document) => {
        const parsed = parsePolicy(document);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }),
    );
  });
});
