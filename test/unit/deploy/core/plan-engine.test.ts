import { describe, expect, test } from '@jest/globals';
import {
  dataRootFlag,
  type EngineProbe,
  engineCommand,
  execRoot,
  type MachineFacts,
  planEngine,
} from '../../../../deploy/core/plan-engine.ts';

const aMachine = (facts: Partial<MachineFacts> = {}): MachineFacts => ({
  address: 'unix:///var/run/docker.sock',
  isDefaultAddress: true,
  hasDockerd: true,
  hasApt: true,
  hasSystemd: false,
  rights: 'root',
  ...facts,
});
const silent: EngineProbe = { kind: 'silent', problem: 'connect ENOENT' };
const answers = (apiVersion: string): EngineProbe => ({ kind: 'answers', version: '20.10.24', apiVersion });

const refusalOf = (probe: EngineProbe, facts: Partial<MachineFacts>): string => {
  const plan = planEngine(probe, aMachine(facts));
  return plan.kind === 'refuse' ? plan.message : `not refused but ${plan.kind}`;
};

describe('planEngine', () => {
  test('uses an engine that answers, whatever else the machine has', () => {
    expect(planEngine(answers('1.41'), aMachine({ rights: 'none', hasApt: false }))).toEqual({
      kind: 'use',
      version: '20.10.24',
    });
  });

  test.each([
    ['1.40', 'refuse'],
    ['1.41', 'use'],
    ['1.100', 'use'],
    ['2.0', 'use'],
  ])('with API %s the plan is: %s', (apiVersion, kind) => {
    expect(planEngine(answers(apiVersion), aMachine()).kind).toBe(kind);
  });

  test.each([
    [
      { hasDockerd: false, hasSystemd: true },
      { by: 'systemd', install: true },
    ],
    [
      { hasDockerd: false, hasSystemd: false },
      { by: 'us', install: true },
    ],
    [
      { hasDockerd: true, hasSystemd: true },
      { by: 'systemd', install: false },
    ],
    [
      { hasDockerd: true, hasSystemd: false, rights: 'sudo' as const },
      { by: 'us', install: false },
    ],
  ])('with %j it starts one: %j', (facts, expected) => {
    expect(planEngine(silent, aMachine(facts))).toEqual({ kind: 'start', ...expected });
  });

  test('never starts an engine where another address was asked for', () => {
    expect(refusalOf(silent, { address: 'tcp://other:2375', isDefaultAddress: false })).toBe(
      'no Docker engine answers at tcp://other:2375: connect ENOENT',
    );
  });

  test('says how to get the right to use an engine', () => {
    expect(refusalOf({ kind: 'forbidden' }, {})).toContain('usermod -aG docker');
  });

  test('says that root is needed where there is neither root nor sudo', () => {
    expect(refusalOf(silent, { rights: 'none', hasDockerd: false })).toContain(
      'to install one it needs root',
    );
    expect(refusalOf(silent, { rights: 'none', hasDockerd: true })).toContain('to start one it needs root');
  });

  test('names what to install on a system without apt', () => {
    expect(refusalOf(silent, { hasDockerd: false, hasApt: false })).toContain('docs.docker.com');
  });
});

describe('engineCommand', () => {
  const options = { engineFolder: '/s/engine', stackId: '0123456789', address: 'unix:///run/d.sock' };

  test('keeps all data of the engine in the state folder, by an argument that tells it from others', () => {
    const command = engineCommand({ ...options, groupId: undefined });
    expect(command).toContain(dataRootFlag('/s/engine'));
    expect(command).toContain('--exec-root=/s/engine/exec');
    expect(command.filter((word) => word.startsWith('--group'))).toEqual([]);
  });

  test('lets a user’s group use the socket where sudo starts it', () => {
    expect(engineCommand({ ...options, groupId: 1000 })).toContain('--group=1000');
  });

  test('puts sockets into /run where the folder’s path leaves them no room', () => {
    expect(execRoot(`/${'long/'.repeat(20)}engine`, '0123456789')).toBe('/run/micado-01234567');
  });
});
