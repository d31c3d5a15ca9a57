import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { howToTurnOn, type PolicyFacts, planPolicy } from '../../../../deploy/core/plan-policy.ts';

const facts = (some: Partial<PolicyFacts> = {}): PolicyFacts => ({
  exists: false,
  folder: '/s',
  swarmBefore: undefined,
  swarmNow: 'c1',
  foreignServices: 0,
  ...some,
});

const writtenFor = (foreignServices: number) => {
  const plan = planPolicy(facts({ foreignServices }));
  if (plan.kind !== 'write') throw new Error(`the plan is ${plan.kind}`);
  return plan;
};

describe('planPolicy', () => {
  test('scales by default on a Swarm without services', () => {
    expect(load(writtenFor(0).text)).toMatchObject({ defaults: { scale: true } });
  });

  test('leaves the services of a Swarm in use alone', () => {
    const plan = writtenFor(1);
    expect(plan.scaleByDefault).toBe(false);
    expect(load(plan.text)).toMatchObject({ defaults: { scale: false } });
  });

  test('keeps a policy that is there, also when services came later', () => {
    expect(planPolicy(facts({ exists: true, swarmBefore: 'c1', foreignServices: 3 }))).toEqual({
      kind: 'keep',
    });
  });

  test('does not carry a policy over to another Swarm that has services', () => {
    const plan = planPolicy(facts({ exists: true, swarmBefore: 'c0', foreignServices: 3 }));
    expect(plan.kind === 'refuse' && plan.message).toContain('--state.dir');
  });

  test('keeps the policy on a Swarm that was made anew', () => {
    expect(planPolicy(facts({ exists: true, swarmBefore: 'c0' })).kind).toBe('keep');
  });
});

describe('howToTurnOn', () => {
  test('names a command that really turns the written policy on', () => {
    const [command = ''] = howToTurnOn('/s/policy.yaml', 'docker');
    const [, from = '', to = ''] = /s\/([^/]+)\/([^/]+)\//.exec(command) ?? [];
    const text = writtenFor(1).text.replace(new RegExp(from, 'm'), to);
    expect(load(text)).toMatchObject({ defaults: { scale: true } });
  });

  test('quotes a path with blanks for the shell', () => {
    expect(howToTurnOn('/my state/policy.yaml', 'docker')[0]).toContain(" '/my state/policy.yaml'");
  });
});
