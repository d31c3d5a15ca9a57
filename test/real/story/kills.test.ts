/** kill -9 of each part in the middle of the story: it still ends as it should, with nothing half and nothing twice. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf, ruleGroups } from '../support/apis.ts';
import { type Load, startLoad } from '../support/load.ts';
import { checkRuleFiles } from '../support/promtool.ts';
import { replicasOf, waitForRunning } from '../support/services.ts';
import { PARTS, type Part, type Stack, startStack } from '../support/stack.ts';
import { watchReplicas } from '../support/watch-replicas.ts';

const COOLDOWN_S = 5;
const LABELS = {
  'micado.max': '2',
  'micado.scaleup.cooldown': `${COOLDOWN_S}s`,
  'micado.scaledown.for': '3s',
  'micado.scaledown.cooldown': `${COOLDOWN_S}s`,
};

let engine: Engine;
let stack: Stack;
let load: Load;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startStack(engine);
  load = await startLoad(engine);
}, 120_000);

afterAll(async () => {
  await load?.stop();
  await stack?.[Symbol.asyncDispose]();
  await engine?.stop();
});

async function killAndAwait(part: Part): Promise<void> {
  const before = stack.pidOf(part);
  stack.kill(part);
  await eventually(
    `${part} runs again`,
    () => {
      const now = stack.pidOf(part);
      return now !== before && now > 0;
    },
    { withinMs: 30_000 },
  );
}

describe('a part that is killed', () => {
  test('rulegen, right after a service was created: the rules come all the same', async () => {
    await load.createService('web', LABELS);
    await killAndAwait('rulegen');
    await eventually(
      'the rules are loaded',
      async () => (await ruleGroups(stack.url.prometheus)).some((group) => group.name === 'service-web'),
      { withinMs: 20_000 },
    );
    await waitForRunning(engine, 'web', 1);
  }, 60_000);

  test.each(PARTS)(
    '%s, while the service is overloaded: it grows once, and shrinks again',
    async (part) => {
      await eventually('it starts from one', async () => (await replicasOf(engine, 'web')) === 1, {
        withinMs: 30_000,
      });
      const watch = watchReplicas(engine, 'web');
      load.set(0.6);
      await killAndAwait(part);
      await eventually('two replicas', async () => (await replicasOf(engine, 'web')) === 2, {
        withinMs: 60_000,
      });
      await waitForRunning(engine, 'web', 2);
      load.set(0);
      await killAndAwait(part);
      await eventually('one replica', async () => (await replicasOf(engine, 'web')) === 1, {
        withinMs: 60_000,
      });
      expect(await watch.stop()).toEqual([1, 2, 1]);
    },
    200_000,
  );

  test('leaves no half file and no broken one', () => {
    const names = readdirSync(stack.rulesDir);
    expect(names.filter((name) => !name.endsWith('.yml'))).toEqual([]);
    expect(checkRuleFiles(names.map((name) => join(stack.rulesDir, name)))).toContain('SUCCESS');
  });

  test('leaves a journal in which no two actions lie closer than the cool-down', async () => {
    const scales = (await decisionsOf(stack.url.executor, 'docker/web')).filter(
      ({ kind }) => kind === 'scale',
    );
    const times = scales.map(({ time }) => Date.parse(time)).toSorted((a, b) => a - b);
    const gapsMs = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(scales).toHaveLength(2 * PARTS.length);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(COOLDOWN_S * 1_000);
  });

  test('is said by name', () => {
    for (const part of PARTS)
      expect(stack.output()).toMatch(new RegExp(`${part}.*(ended|died|killed|SIGKILL)`));
  });
});
