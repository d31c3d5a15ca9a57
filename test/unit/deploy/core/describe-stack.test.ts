import { describe, expect, test } from '@jest/globals';
import { describeNextSteps, dockerCommandFor } from '../../../../deploy/core/describe-stack.ts';
import { formatTable } from '../../../../deploy/core/format-table.ts';
import { leaderFromLabels, leaderLabels, ledByAnother } from '../../../../deploy/core/leadership.ts';
import { listNames } from '../../../../deploy/core/list-names.ts';

const nextSteps = (servicesLeftAlone: readonly string[]): string =>
  describeNextSteps({
    dockerCommand: 'docker',
    stateFolder: '/s',
    policyFile: '/s/policy.yaml',
    servicesLeftAlone,
  });

describe('describeNextSteps', () => {
  test('names the next command to type', () => {
    expect(nextSteps([])).toContain('docker service create --name web --limit-cpu 0.5');
    expect(nextSteps([])).not.toContain('micado.scale');
  });

  test('on a Swarm in use says that nothing is scaled, and how to turn it on', () => {
    const text = nextSteps(['web', 'db']);
    expect(text).toContain('services already (web, db), so the policy says defaults.scale: false');
    expect(text).toContain("sed -i 's/^  scale: false/  scale: true/' /s/policy.yaml");
    expect(text).toContain('--label micado.scale=true nginx');
  });
});

test('the docker command names an engine that is not the default one', () => {
  expect(dockerCommandFor('unix:///var/run/docker.sock', 'unix:///var/run/docker.sock')).toBe('docker');
  expect(dockerCommandFor('tcp://h:2375', 'unix:///var/run/docker.sock')).toBe('docker -H tcp://h:2375');
});

test('a table has columns as wide as their longest cell and no trailing blanks', () => {
  expect(
    formatTable(
      ['a', 'b'],
      [
        ['xxx', 'y'],
        ['z', ''],
      ],
    ),
  ).toBe('a    b\nxxx  y\nz\n');
});

test('long lists of names are cut short', () => {
  expect(listNames(['a', 'b'])).toBe('a, b');
  expect(listNames(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});

describe('leadership', () => {
  const leader = { stackId: 'id', host: 'h1', folder: '/s', started: '2026-01-01T00:00:00.000Z' };

  test('a leader reads from its labels as it was written', () => {
    expect(leaderFromLabels(leaderLabels(leader))).toEqual(leader);
  });

  test('a mark without labels is nobody’s of ours', () => {
    expect(leaderFromLabels({})).toMatchObject({ stackId: 'unknown', host: 'unknown' });
  });

  test('the refusal says who leads, where, since when, and how to remove the mark', () => {
    const text = ledByAnother(leader, 'docker');
    for (const words of ['host h1', '/s', '2026-01-01', 'docker config rm micado.leader'])
      expect(text).toContain(words);
  });
});
