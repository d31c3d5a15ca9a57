import { describe, expect, test } from '@jest/globals';
import { decideScaling } from '../../../../executor/core/decide-scaling.ts';
import { explainTarget } from '../../../../executor/core/explain.ts';
import type { DecidingRules } from '../../../../executor/core/overview/scaling-rule.ts';
import type { World } from '../../../../executor/core/world.ts';
import { anAlert, aService, aWorld, LIMITS, NOW_MS, scaled } from '../builders.ts';

const NO_RULES: DecidingRules = { up: undefined, down: undefined };

const explain = (world: World, rules = NO_RULES) =>
  explainTarget(world, decideScaling(world, LIMITS, NOW_MS), {
    lastDecisions: [],
    rules,
    limits: LIMITS,
    nowMs: NOW_MS,
  });

describe('an explanation', () => {
  test('says what would be decided now, why, and what would have to change', () => {
    const world = aWorld({
      alerts: [anAlert('overloaded', { annotations: { min: '1', max: '4', threshold: '80' } })],
      service: scaled(aService(), 3, NOW_MS - 10_000),
    });
    expect(explain(world)).toMatchObject({
      target: 'docker/web',
      now: { kind: 'hold', reason: 'cooldown', until: new Date(NOW_MS + 20_000).toISOString() },
      to_act: expect.stringContaining('cool-down ends'),
      service: { replicas: 3, running: 3 },
      bounds: { min: 1, max: 4, from: 'web_overloaded', ceiling: 100 },
      paused: null,
      dry_run: false,
      alerts: [{ name: 'web_overloaded', state: 'firing', value: 95, threshold: '80' }],
      cooldowns: {
        up: { length_s: 30, left_s: 20 },
        down: { length_s: 120, left_s: 110 },
        last_change_by: 'executor',
      },
      rollback: 'docker service rollback web would undo only the last scale, from 3 back to 2.',
    });
  });

  test('has the terms of a service with no alert from its rules', () => {
    const rule = { expression: '', labels: {}, annotations: { min: '2', max: '4', cooldown: '15s' } };
    const world = aWorld({ service: scaled(aService(), 3, NOW_MS - 10_000) });
    expect(explain(world, { up: rule, down: undefined })).toMatchObject({
      now: { reason: 'not_firing' },
      bounds: { min: 2, max: 4, from: 'its rules' },
      cooldowns: { up: { length_s: 15, left_s: 5 }, down: { length_s: 120, left_s: 110 } },
    });
  });

  test('of a service with neither alert nor rule says that its bounds are only the built-in ones', () => {
    expect(explain(aWorld())).toMatchObject({
      now: { reason: 'not_firing' },
      bounds: { min: 1, max: 10, from: expect.stringContaining('built in') },
      rollback: 'There is no earlier spec to roll back to.',
    });
  });

  test('names what cannot be asked', () => {
    const away = { kind: 'away', problem: 'refused' } as const;
    expect(explain({ ...aWorld(), alerts: away, service: away })).toMatchObject({
      away: { prometheus: 'refused', docker: 'refused' },
      service: null,
    });
  });
});
