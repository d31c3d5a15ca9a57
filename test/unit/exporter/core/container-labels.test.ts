import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileNamePatterns, containerLabels } from '../../../../exporter/core/container-labels.ts';

function rendered(labels: Record<string, string>, ...patterns: string[]) {
  const container = { name: 'web.1.x', image: 'web:1', labels };
  const choice = { label: compileNamePatterns(patterns), environment: compileNamePatterns([]) };
  const { text, collisions } = containerLabels(container, '/docker/x', choice);
  return { text: new TextDecoder().decode(text), collisions };
}

const NAME = 'com.docker.swarm.service.name';

describe('the labels of a container', () => {
  test('are those of Swarm and of the stack without being asked for, and no other', () => {
    const { text } = rendered({
      [NAME]: 'shop_web',
      'com.docker.stack.namespace': 'shop',
      'com.docker.swarm.task': '',
      team: 'blue',
    });
    expect(text).toBe(
      'container_label_com_docker_stack_namespace="shop",container_label_com_docker_swarm_service_name="shop_web",id="/docker/x",image="web:1",name="web.1.x"',
    );
  });

  test('are others by name or by pattern, in which only the star means more than itself', () => {
    const labels = { 'org.a': '1', 'org.b': '2', orgxa: '3', 'a+b': '4' };
    expect(rendered(labels, 'org.a', 'a+b').text).toMatch(
      /^container_label_a_b="4",container_label_org_a="1",id=/,
    );
    expect(rendered(labels, 'org.*').text).toContain('container_label_org_b="2"');
    expect(rendered(labels, 'org.*').text).not.toContain('orgxa');
    expect(rendered(labels, '*').text).toContain('container_label_orgxa="3"');
  });

  test('that become the same name are decided in the order of their keys, and counted', () => {
    const a = rendered({ 'team.name': 'dot', 'team-name': 'dash' }, '*');
    const b = rendered({ 'team-name': 'dash', 'team.name': 'dot' }, '*');
    expect(a).toEqual(b);
    expect(a.text).toContain('container_label_team_name="dash"');
    expect(a.collisions).toBe(1);
  });

  test('have the restarts and the variables that were asked for, and no other', () => {
    const container = {
      name: 'db',
      image: 'db:1',
      labels: {},
      environment: { REGION: 'eu', PASSWORD: 'secret', 'REGION-2': 'x', REGION_2: 'y' },
      restartCount: 2,
    };
    const shown = (label: string[], environment: string[]) => {
      const choice = { label: compileNamePatterns(label), environment: compileNamePatterns(environment) };
      const { text, collisions } = containerLabels(container, '/docker/x', choice);
      return { text: new TextDecoder().decode(text), collisions };
    };
    expect(shown([], [])).toEqual({ text: 'id="/docker/x",image="db:1",name="db"', collisions: 0 });
    const { text, collisions } = shown(['restartcount'], ['REGION*']);
    expect(text).toMatch(
      /^container_env_REGION="eu",container_env_REGION_2="x",container_label_restartcount="2",id=/,
    );
    expect(collisions).toBe(1);
    expect(text).not.toContain('secret');
  });

  test('of Swarm are never displaced by a user’s label of a like name', () => {
    const { text } = rendered({ 'com-docker-swarm-service-name': 'forged', [NAME]: 'web' }, '*');
    expect(text).toContain('service_name="web"');
    expect(text).not.toContain('forged');
  });

  test('never name a label twice, whatever the keys', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '_', '/', 'ő'), maxLength: 4 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.constantFrom('', 'v')), (labels) => {
        const names = [...rendered(labels, '*').text.matchAll(/([a-zA-Z0-9_]+)="/g)].map((match) => match[1]);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});
