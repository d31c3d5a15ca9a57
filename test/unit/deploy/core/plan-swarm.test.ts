import { describe, expect, test } from '@jest/globals';
import { madeByUs, planSwarm, type SwarmFacts } from '../../../../deploy/core/plan-swarm.ts';

const aSwarm = (facts: Partial<SwarmFacts> = {}): SwarmFacts => ({
  state: 'active',
  isManager: true,
  clusterId: 'c1',
  createdAtMs: 1_000,
  nodes: 1,
  ...facts,
});

describe('planSwarm', () => {
  test('makes a Swarm where there is none', () => {
    expect(planSwarm(aSwarm({ state: 'inactive', isManager: false, clusterId: undefined }))).toEqual({
      kind: 'init',
    });
  });

  test('uses the Swarm that the engine manages', () => {
    expect(planSwarm(aSwarm())).toEqual({ kind: 'use', clusterId: 'c1' });
  });

  test.each([
    ['a worker', { isManager: false, clusterId: undefined }, 'is a worker of its Swarm'],
    ['locked', { state: 'locked' }, 'docker swarm unlock'],
    ['pending', { state: 'pending' }, 'in state "pending"'],
  ])('refuses an engine that is %s', (_, facts, message) => {
    const plan = planSwarm(aSwarm(facts));
    expect(plan.kind === 'refuse' && plan.message).toContain(message);
  });
});

describe('madeByUs', () => {
  test('knows a Swarm by its id', () => {
    expect(madeByUs(aSwarm(), { intendedAtMs: 0, clusterId: 'c1' })).toBe(true);
    expect(madeByUs(aSwarm(), { intendedAtMs: 0, clusterId: 'c2' })).toBe(false);
  });

  test('knows a Swarm that it was killed over by its age', () => {
    expect(madeByUs(aSwarm({ createdAtMs: 1_000 }), { intendedAtMs: 999 })).toBe(true);
    expect(madeByUs(aSwarm({ createdAtMs: 1_000 }), { intendedAtMs: 1_001 })).toBe(false);
  });

  test('claims no Swarm without having meant to make one, and none where there is none', () => {
    expect(madeByUs(aSwarm(), undefined)).toBe(false);
    expect(madeByUs(aSwarm({ clusterId: undefined }), { intendedAtMs: 0 })).toBe(false);
  });
});
