import { describe, expect, test } from '@jest/globals';
import { type PurgeFacts, type PurgeStep, planPurge } from '../../../../deploy/core/plan-purge.ts';

const aMachine = (facts: Partial<PurgeFacts> = {}): PurgeFacts => ({
  engineAnswers: true,
  swarmIsOurs: true,
  foreignServices: [],
  otherNodes: 0,
  engineIsOurs: true,
  looseContainers: 0,
  aptPackages: ['docker.io', 'runc'],
  dockerCommand: 'docker',
  ...facts,
});

const kindsOf = (steps: readonly PurgeStep[]): readonly string[] =>
  steps.map((step) => (step.kind === 'keep' ? `keep ${step.what}` : step.kind));

describe('planPurge', () => {
  test('undoes all that up made, in an order in which each step can be done', () => {
    expect(kindsOf(planPurge(aMachine()))).toEqual([
      'leave-swarm',
      'stop-engine',
      'remove-packages',
      'remove-folder',
    ]);
  });

  test('touches nothing but the folder where up made nothing', () => {
    const facts = aMachine({ swarmIsOurs: false, engineIsOurs: false, aptPackages: [] });
    expect(kindsOf(planPurge({ ...facts, foreignServices: ['web'], looseContainers: 2 }))).toEqual([
      'remove-folder',
    ]);
  });

  test('keeps Swarm, packages and engine while somebody’s services run, and says whose and how', () => {
    const steps = planPurge(aMachine({ foreignServices: ['web', 'db'] }));
    expect(kindsOf(steps)).toEqual([
      'keep the Swarm',
      'keep the packages docker.io, runc',
      'keep the engine with its data in the state folder',
    ]);
    expect(steps[0]).toMatchObject({
      why: 'it runs 2 services (web, db)',
      command: 'docker swarm leave --force',
    });
  });

  test('leaves no Swarm that other nodes have joined', () => {
    expect(planPurge(aMachine({ otherNodes: 1 }))[0]).toMatchObject({
      kind: 'keep',
      why: 'it has 1 further node',
    });
  });

  test('leaves the Swarm but not the engine while containers of other origin run', () => {
    expect(kindsOf(planPurge(aMachine({ looseContainers: 1 })))).toEqual([
      'leave-swarm',
      'keep the packages docker.io, runc',
      'keep the engine with its data in the state folder',
    ]);
  });

  test('removes no packages of an engine that does not answer, unless its data are ours', () => {
    const silent = aMachine({ engineAnswers: false, swarmIsOurs: false });
    expect(kindsOf(planPurge({ ...silent, engineIsOurs: false }))).toEqual([
      'keep the packages docker.io, runc',
      'remove-folder',
    ]);
    expect(kindsOf(planPurge(silent))).toEqual(['stop-engine', 'remove-packages', 'remove-folder']);
  });
});
