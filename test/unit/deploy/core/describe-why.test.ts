import { describe, expect, test } from '@jest/globals';
import { describeWhy } from '../../../../deploy/core/describe-why.ts';
import { type ExplainedTarget, parseExplainedTarget } from '../../../../deploy/core/explained-target.ts';
import { COLOURS, PLAIN } from '../../../../deploy/core/look.ts';

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const secondsAgo = (seconds: number): string => new Date(NOW_MS - seconds * 1_000).toISOString();

const SERVICE: ExplainedTarget = {
  target: 'docker/web',
  now: {
    time: secondsAgo(0),
    kind: 'hold',
    reason: 'cooldown',
    sentence: 'The last change is too recent.',
    detail: 'changed 12 s ago, up waits 30 s',
  },
  to_act: 'The cool-down ends; the executor then decides again by itself.',
  paused: null,
  dry_run: false,
  service: { replicas: 3, running: 3, nodes_take: null, keep: true, update_state: null },
  bounds: { min: 1, max: 10, from: 'web_overloaded', ceiling: 100 },
  alerts: [
    { name: 'web_overloaded', state: 'firing', value: 95, threshold: '80', active_at: secondsAgo(75) },
    {
      name: 'web_underloaded',
      state: 'pending',
      value: 'NaN',
      active_at: secondsAgo(3),
      silenced_by: ['s1'],
    },
  ],
  cooldowns: {
    up: { length_s: 30, left_s: 18 },
    down: { length_s: 120, left_s: 0 },
    last_change: secondsAgo(12),
    last_change_by: 'executor',
  },
  rollback: 'docker service rollback web would undo only the last scale, from 3 back to 2.',
  away: {},
  last_decisions: [
    {
      time: secondsAgo(12),
      kind: 'scale',
      reason: 'overloaded',
      from: 2,
      to: 3,
      detail: 'web_overloaded asks for it',
    },
  ],
};

describe('what micado why says', () => {
  test('of a service is its verdict, what would change it, and all that it was made from', () => {
    expect(describeWhy(SERVICE, PLAIN, NOW_MS)).toBe(`docker/web
now         hold cooldown: The last change is too recent.
            changed 12 s ago, up waits 30 s
to act      The cool-down ends; the executor then decides again by itself.
replicas    3, 3 running; bounds 1 to 10 (web_overloaded), never more than 100; kept at deploys
alerts      web_overloaded firing for 1m15s: value 95, threshold 80
            web_underloaded pending for 3s: value NaN; silenced by s1
cool-downs  up 18 s of 30 s left, down over; last change 12s ago by executor
rollback    docker service rollback web would undo only the last scale, from 3 back to 2.

last decisions
12s ago         scale overloaded 2 → 3  web_overloaded asks for it
`);
  });

  test('names what stands in the way: a pause, a dry run, a part that is away', () => {
    const text = describeWhy(
      {
        ...SERVICE,
        paused: { reason: 'upgrade', since: secondsAgo(60) },
        dry_run: true,
        away: { prometheus: 'connection refused' },
      },
      PLAIN,
      NOW_MS,
    );
    expect(text).toContain('paused           for 1m: upgrade\n');
    expect(text).toContain('dry run          nothing is changed\n');
    expect(text).toContain('prometheus away  connection refused\n');
  });

  test('of a pool has a table of its workers', () => {
    const pool: ExplainedTarget = {
      target: 'VM/infra/worker',
      now: { time: secondsAgo(0), kind: 'hold', reason: 'no_victim' },
      to_act: 'What the detail says of one of the workers ends.',
      bounds: { min: 1, max: 3 },
      alerts: [],
      provider: { name: 'occopus', waits_for: 'vm-2 is booting' },
      drain: { node: 'w1', phase: 'moving' },
      nodes: [
        { hostname: 'w1', state: 'ready', availability: 'active', busy: 0.25, tasks: 4, may_go: 'yes' },
      ],
      away: {},
      last_decisions: [],
    };
    const text = describeWhy(pool, PLAIN, NOW_MS);
    expect(text).toContain('workers    bounds 1 to 3\n');
    expect(text).toContain('under way  vm-2 is booting\nleaving    w1: moving\n');
    expect(text).toContain('w1      ready  active        25 %  4      yes\n');
    expect(text).toContain('nothing was decided before\n');
  });

  test('is coloured only where it is asked to be', () => {
    expect(describeWhy(SERVICE, PLAIN, NOW_MS)).not.toContain('\u001b');
    expect(describeWhy(SERVICE, COLOURS, NOW_MS)).toContain('\u001b[33mhold cooldown\u001b[0m');
    const scale = {
      ...SERVICE,
      now: { time: secondsAgo(0), kind: 'scale', reason: 'overloaded', from: 2, to: 3 },
    };
    expect(describeWhy(scale, COLOURS, NOW_MS)).toContain('\u001b[32mscale overloaded 2 → 3\u001b[0m');
  });

  test.each([60, 80, 120])('has no line that is wider than %d columns, and loses no word', (columns) => {
    const text = describeWhy(SERVICE, { ...PLAIN, columns }, NOW_MS);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    const words = (of: string): readonly string[] => of.split(/\s+/);
    expect(words(text)).toEqual(words(describeWhy(SERVICE, PLAIN, NOW_MS)));
  });
});

test('an answer that is no explanation is none', () => {
  expect(parseExplainedTarget({ error: 'x' })).toBeUndefined();
});
