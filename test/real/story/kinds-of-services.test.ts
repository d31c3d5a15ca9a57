/** Every kind of service gets what it should: rules with the right thresholds, or none, with the reason. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callJson } from '../../../internal/daemon/http-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { type RuleGroup, ruleGroups } from '../support/apis.ts';
import { createService } from '../support/services.ts';
import { type Stack, startStack } from '../support/stack.ts';

let engine: Engine;
let stack: Stack;
let groups: readonly RuleGroup[];

const SCALED = ['limit-small', 'limit-large', 'no-limit', 'my-stack_web-front_1', 'web', 'web-2'];

beforeAll(async () => {
  engine = await startEngine();
  stack = await startStack(engine);
  const image = await loadBusybox(engine);
  const create = (name: string, rest: object = {}) => createService(engine, { name, image, ...rest });
  await create('everywhere', { mode: { Global: {} } });
  await create('job', {
    mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    command: ['true'],
  });
  await create('opted-out', { labels: { 'micado.scale': 'false' } });
  await create('stateful', { mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }] });
  await create('limit-small', { cpuLimitCores: 0.05 });
  // More than this machine has: the engine takes the limit in the spec; the task need not start for its rules.
  await create('limit-large', { cpuLimitCores: 12.5, replicas: 0 });
  await create('no-limit');
  const stackLabels = { 'com.docker.stack.namespace': 'my-stack', 'a.b-c/d': 'x' };
  await create('my-stack_web-front_1', { labels: stackLabels, containerLabels: stackLabels });
  await create('web');
  await create('web-2', { labels: { 'micado.scaleup': '55' } });
  groups = await eventually(
    'all rules are loaded',
    async () => {
      const loaded = await ruleGroups(stack.url.prometheus);
      return SCALED.every((name) => loaded.some((group) => group.name === `service-${name}`)) && loaded;
    },
    { withinMs: 20_000 },
  );
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await engine?.stop();
});

const servicesAnswer = z.object({
  services: z.array(z.looseObject({ name: z.string(), state: z.string() })),
});

async function shownOf(name: string): Promise<string> {
  const answer = servicesAnswer.parse(
    await callJson({ url: `${stack.url.rulegen}/api/v1/services`, timeoutMs: 5_000 }),
  );
  return JSON.stringify(answer.services.find((service) => service.name === name));
}

function upRule(service: string): string {
  const rules = groups.find((group) => group.name === `service-${service}`)?.rules ?? [];
  return rules.find((rule) => rule.name === `${service}_overloaded`)?.query ?? '';
}

describe('rules', () => {
  test.each([
    ['everywhere', 'global'],
    ['job', 'job'],
    ['opted-out', 'micado.scale'],
    ['stateful', 'volume'],
  ])('are not made for %s, and the reason is shown', async (name, reason) => {
    expect(groups.map((group) => group.name)).not.toContain(`service-${name}`);
    expect(await shownOf(name)).toContain(reason);
  });

  test.each([
    ['limit-small', '0.05 *'],
    ['limit-large', '12.5 *'],
    ['no-limit', '1 *'],
  ])('of %s divide by its limit in cores', (name, factor) => {
    expect(upRule(name)).toContain(factor);
    expect(upRule(name)).toMatch(/> 80$/);
  });

  test('of a name that is another’s beginning are its own', () => {
    expect(upRule('web')).toContain('service_name="web"');
    expect(upRule('web')).toMatch(/> 80$/);
    expect(upRule('web-2')).toContain('service_name="web-2"');
    expect(upRule('web-2')).toMatch(/> 55$/);
  });

  test('of a stack’s service with dashes and underscores read its series, which are there', async () => {
    const name = 'my-stack_web-front_1';
    const query = `count(container_last_seen{container_label_com_docker_swarm_service_name="${name}",container_label_com_docker_stack_namespace="my-stack"})`;
    await eventually(
      'its series are scraped',
      async () => {
        const url = `${stack.url.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
        return JSON.stringify(await callJson({ url, timeoutMs: 5_000 })).includes('"1"');
      },
      { withinMs: 20_000 },
    );
  });

  test('evaluate without error', async () => {
    const unhealthy = async () =>
      (await ruleGroups(stack.url.prometheus))
        .flatMap((group) => group.rules)
        .filter((rule) => rule.health !== 'ok');
    await eventually('all rules were evaluated', async () => (await unhealthy()).length === 0, {
      withinMs: 20_000,
    });
  });
});
