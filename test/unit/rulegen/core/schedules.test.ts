import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import { parseSchedule, type WindowAt } from '../../../../rulegen/core/schedule.ts';
import { aService } from '../builders.ts';

/** Windows by their cron text, which says whether they are open. */
const windowAt: WindowAt = ({ cron, timeZone }) => {
  if (timeZone === 'Nowhere') return { problem: 'no time zone' };
  return { open: cron.startsWith('open'), nextEdgeMs: Number(cron.split(' ')[1]) };
};

function judge(labels: Record<string, string>, policy: unknown = {}) {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return judgeService(aService({ cpuLimitCores: 1, labels }), parsed.policy, windowAt);
}
const boundsOf = (labels: Record<string, string>, policy?: unknown) => {
  const { verdict } = judge(labels, policy);
  return verdict.kind === 'scaled' ? [verdict.plan.min, verdict.plan.max] : verdict.kind;
};

describe('a schedule', () => {
  test('has a cron expression, a duration, bounds and a time zone', () => {
    expect(parseSchedule(' 0 8 * * 1-5 ;10h; min = 4 , max=20;Europe/London')).toEqual({
      value: { cron: '0 8 * * 1-5', durationMs: 36_000_000, min: 4, max: 20, timeZone: 'Europe/London' },
    });
    expect(parseSchedule('0 8 * * *; 1h; max=3')).toEqual({
      value: { cron: '0 8 * * *', durationMs: 3_600_000, min: undefined, max: 3, timeZone: 'UTC' },
    });
  });

  test.each([
    ['0 8 * * *; 10h', /it has 2 parts/],
    ['0 8 * * *; 10h; min=1; UTC; more', /it has 5 parts/],
    ['0 8 * * *; 10; min=1', /duration "10" must be from 1m/],
    ['0 8 * * *; 30s; min=1', /duration "30s" must be from 1m/],
    ['0 8 * * *; 2y; min=1', /duration "2y" must be/],
    ['0 8 * * *; 1h; minimum=1', /"minimum=1" is not min=… or max=…/],
    ['0 8 * * *; 1h; min=1,min=2', /min stands there twice/],
    ['0 8 * * *; 1h; max=0', /max must be a whole number from 1/],
  ])('of another form is refused with the form and the reason: %s', (text, reason) => {
    const parsed = parseSchedule(text);
    expect('form' in parsed && parsed.form).toMatch(/^cron; duration; min=…,max=…/);
    expect('form' in parsed && parsed.form).toMatch(reason);
  });
});

describe('the bounds', () => {
  test('are those of the open window, and of no other', () => {
    const labels = {
      'micado.min': '2',
      'micado.schedule.day': 'open 7; 1h; min=5,max=30',
      'micado.schedule.night': 'shut 6; 1h; max=3',
    };
    expect(boundsOf(labels)).toEqual([5, 30]);
    expect(judge(labels).settings.min).toEqual({ value: 5, origin: 'label', from: 'micado.schedule.day' });
    expect(judge(labels).nextEdgeMs).toBe(6);
  });

  test('that a window does not name stay as they are', () => {
    expect(boundsOf({ 'micado.min': '2', 'micado.schedule.day': 'open; 1h; max=30' })).toEqual([2, 30]);
  });

  test('are each the largest of all open windows', () => {
    expect(
      boundsOf({
        'micado.schedule.a': 'open; 1h; min=2,max=3',
        'micado.schedule.b': 'open; 1h; min=4',
        'micado.schedule.c': 'open; 1h; max=8',
      }),
    ).toEqual([4, 10]);
  });

  test('come of the highest place that has a schedule of the name', () => {
    const policy = {
      defaults: { schedule: { day: 'open; 1h; min=5', late: 'open; 1h; max=12' } },
      services: { web: { schedule: { day: 'open; 1h; min=3' } } },
    };
    expect(boundsOf({}, policy)).toEqual([3, 12]);
    expect(judge({}, policy).settings.min.from).toBe('services.web.schedule.day');
    expect(boundsOf({ 'micado.schedule.day': 'shut; 1h; min=1' }, policy)).toEqual([1, 12]);
  });

  test('never cross, whatever windows are open', () => {
    const bound = fc.nat({ max: 12 });
    const schedule = fc.record({ open: fc.boolean(), min: bound, max: bound });
    fc.assert(
      fc.property(fc.array(schedule, { maxLength: 5 }), (schedules) => {
        const labels = Object.fromEntries(
          schedules.map(({ open, min, max }, index) => [
            `micado.schedule.s${index}`,
            `${open ? 'open' : 'shut'}; 1h; min=${min},max=${max + 1}`,
          ]),
        );
        const bounds = boundsOf({ ...labels, 'micado.query': 'up', 'micado.min': '0' });
        if (bounds === 'quarantined') expect(schedules.some(({ min, max }) => min > max + 1)).toBe(true);
        else expect(Number(bounds[0])).toBeLessThanOrEqual(Number(bounds[1]));
      }),
    );
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a window that is none', { 'micado.schedule.a': 'open; 1h; min=2; Nowhere' }, /no time zone/],
    [
      'bounds that cross',
      { 'micado.schedule.a': 'shut; 1h; min=4,max=3' },
      /minimum 4 .* above its maximum 3/,
    ],
    [
      'a minimum above the usual maximum',
      { 'micado.schedule.a': 'shut; 1h; min=11' },
      /above its maximum 10 \(built in\)/,
    ],
    ['a minimum of 0 without a query', { 'micado.schedule.a': 'shut; 1h; min=0' }, /with a query only/],
    ['a name that is none', { 'micado.schedule.': 'shut; 1h; min=1' }, /name of a schedule/],
  ])('are refused for %s, although it may be shut', (_title, labels, message) => {
    const { verdict, problems } = judge(labels);
    expect(verdict.kind).toBe('quarantined');
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'error', message: expect.stringMatching(message) }),
    ]);
  });
});
