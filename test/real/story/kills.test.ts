/** kill -9 of each part in the middle of the story: it still ends as it should, with nothing half and nothing twice. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LEAD_MARK } from '../../../rulegen/adapters/fs-folder-lead.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf, ruleGroups } from '../support/apis.ts';
import { checkRuleFiles } from '../support/promtool.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { replicasOf, waitForRunning } from '../support/services.ts';
import { PARTS, type Part } from '../support/stack.ts';
import { watchReplicas } from '../support/watch-replicas.ts';

const COOLDOWN_S = 5;
const LABELS = {
  'micado.max': '2',
  'micado.scaleup.cooldown': `${COOLDOWN_S}s`,
  'micado.scaledown.for': '3s',
  'micado.scaledown.cooldown': `${COOLDOWN_S}s`,
};

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

async function killAndAwait(part: Part): Promise<void> {
  const before = scene.stack.pidOf(part);
  scene.stack.kill(part);
  await eventually(
    `${part} runs again`,
    () => {
      const now = scene.stack.pidOf(part);
      return now !== before && now > 0;
    },
    { withinMs: 30_000 },
  );
}

describe('a part that is killed', () => {
  test('rulegen, right after a service was created: the rules come all the same', async () => {
    await scene.load.createService('web', LABELS);
    await killAndAwait('rulegen');
    await eventually(
      'the rules are loaded',
      async () =>
        (await ruleGroups(scene.stack.url.prometheus)).some((group) => group.name === 'service-web'),
      { withinMs: 20_000 },
    );
    await waitForRunning(scene.engine, 'web', 1);
  }, 60_000);

  test.each(PARTS)(
    '%s, while the service is overloaded: it grows once, and shrinks again',
    async (part) => {
      await eventually('it starts from one', async () => (await replicasOf(scene.engine, 'web')) === 1, {
        withinMs: 30_000,
      });
      const watch = watchReplicas(scene.engine, 'web');
      scene.load.set(0.6);
      await killAndAwait(part);
      await eventually('two replicas', async () => (await replicasOf(scene.engine, 'web')) === 2, {
        withinMs: 60_000,
      });
      await waitForRunning(scene.engine, 'web', 2);
      scene.load.set(0);
      await killAndAwait(part);
      await eventually('one replica', async () => (await replicasOf(scene.engine, 'web')) === 1, {
        withinMs: 60_000,
      });
      expect(await watch.stop()).toEqual([1, 2, 1]);
    },
    200_000,
  );

  test('leaves no half file and no broken one', () => {
    const names = readdirSync(scene.stack.rulesDir).filter((name) => name !== LEAD_MARK);
    expect(names.filter((name) => !name.endsWith('.yml'))).toEqual([]);
    expect(checkRuleFiles(names.map((name) => join(scene.stack.rulesDir, name)))).toContain('SUCCESS');
  });

  test('leaves a journal in which no two actions lie closer than the cool-down', async () => {
    const scales = (await decisionsOf(scene.stack.url.executor, 'docker/web')).filter(
      ({ kind }) => kind === 'scale',
    );
    const times = scales.map(({ time }) => Date.parse(time)).toSorted((a, b) => a - b);
    const gapsMs = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(scales).toHaveLength(2 * PARTS.length);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(COOLDOWN_S * 1_000);
  });

  test('is said by name', () => {
    for (const part of PARTS)
      expect(scene.stack.output()).toMatch(new RegExp(`${part}.*(ended|died|killed|SIGKILL)`));
  });
});
