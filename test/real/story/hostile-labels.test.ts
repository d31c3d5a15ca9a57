/** Labels are strangers' text: whatever they hold, the others' rules load, and nobody else's rule changes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callJson } from '../../../internal/daemon/http-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { ruleGroups } from '../support/apis.ts';
import { checkRuleFiles } from '../support/promtool.ts';
import { createService } from '../support/services.ts';
import { type Stack, startStack } from '../support/stack.ts';

const HOSTILE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'broken-promql': { 'micado.query': 'sum(rate(up)' },
  'wrong-type': { 'micado.query': 'rate(up)' },
  'breaks-out': { 'micado.query': 'up) or vector(1' },
  scalar: { 'micado.query': '5' },
  'yaml-metacharacters': { 'micado.scaleup': '80\n  - alert: injected\n    expr: vector(1)' },
  quotes: { 'micado.scaleup': `"'\`}]#&*!|>%@` },
  newlines: { 'micado.scaleup.for': '2s\n2s' },
  braces: { 'micado.metric': '{{ $value }}{{#each this}}' },
  misspelt: { 'micado.scaleupp': '70' },
  'min-over-max': { 'micado.min': '5', 'micado.max': '2' },
};

let engine: Engine;
let stack: Stack;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startStack(engine);
  const image = await loadBusybox(engine);
  await createService(engine, { name: 'good-before', image });
  await Promise.all(
    Object.entries(HOSTILE).map(([name, labels]) => createService(engine, { name, image, labels })),
  );
  await createService(engine, { name: 'good-after', image });
  await createService(engine, {
    name: 'good-query',
    image,
    // Legal text that looks hostile: quotes, braces, a comment and a newline inside valid PromQL.
    labels: { 'micado.query': 'sum(up{job=~"a\\"b|{{x}}"}) # {{service}}\n + vector(1)' },
  });
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await engine?.stop();
});

const servicesAnswer = z.object({
  services: z.array(
    z.looseObject({ name: z.string(), state: z.string(), problems: z.array(z.unknown()).optional() }),
  ),
});

async function problemsOf(name: string): Promise<string> {
  const answer = servicesAnswer.parse(
    await callJson({ url: `${stack.url.rulegen}/api/v1/services`, timeoutMs: 5_000 }),
  );
  return JSON.stringify(answer.services.find((service) => service.name === name)?.problems ?? []);
}

describe('a service whose labels cannot be used', () => {
  test('does not keep the others’ rules from being loaded', async () => {
    await eventually(
      'the good services have their rules',
      async () => {
        const names = (await ruleGroups(stack.url.prometheus)).map((group) => group.name);
        return ['service-good-before', 'service-good-after', 'service-good-query'].every((name) =>
          names.includes(name),
        );
      },
      { withinMs: 20_000 },
    );
  });

  test.each(Object.keys(HOSTILE))('%s is quarantined, with a message that names the label', async (name) => {
    const [label = ''] = Object.keys(HOSTILE[name] ?? {});
    await eventually(`${name} is reported`, async () => (await problemsOf(name)).includes(label), {
      withinMs: 20_000,
    });
    expect(readdirSync(stack.rulesDir)).not.toContain(`service-${name}.yml`);
  });

  test('a misspelt label is answered with the nearest right one', async () => {
    expect(await problemsOf('misspelt')).toContain('micado.scaleup');
  });

  test('adds no rule of its own making', async () => {
    const groups = await ruleGroups(stack.url.prometheus);
    const names = groups.flatMap((group) => group.rules.map((rule) => rule.name));
    expect(names).not.toContain('injected');
    for (const group of groups) for (const rule of group.rules) expect(rule.health).not.toBe('err');
  });

  test('every file that was written passes promtool', () => {
    const files = readdirSync(stack.rulesDir)
      .filter((name) => name.endsWith('.yml'))
      .map((name) => join(stack.rulesDir, name));
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(checkRuleFiles(files)).toContain('SUCCESS');
  });
});
