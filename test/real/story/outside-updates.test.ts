/** Others change services too: their changes are never lost, and a service that somebody switched off stays off. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../cluster/command.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf } from '../support/apis.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { replicasOf, serviceNamed, updateService, waitForRunning } from '../support/services.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

describe('somebody else', () => {
  test('who updates the service all the time neither stops the scaling nor loses a change', async () => {
    await scene.load.createService('web', { 'micado.max': '4', 'micado.scaleup.cooldown': '2s' });
    await waitForRunning(scene.engine, 'web', 1);
    scene.load.set(1.2);
    let updates = 0;
    await eventually(
      'four replicas',
      async () => {
        updates += 1;
        await updateService(scene.engine, 'web', { labels: { [`mine.${updates}`]: 'x' } });
        return (await replicasOf(scene.engine, 'web')) === 4;
      },
      { withinMs: 90_000, everyMs: 20 },
    );
    const { labels } = await serviceNamed(scene.engine, 'web');
    const missing = Array.from({ length: updates }, (_, index) => `mine.${index + 1}`).filter(
      (key) => !(key in labels),
    );
    expect(missing).toEqual([]);
    const scales = (await decisionsOf(scene.stack.url.executor, 'docker/web')).filter(
      ({ kind }) => kind === 'scale',
    );
    expect(scales.map(({ from, to }) => (to ?? 0) - (from ?? 0))).toEqual([1, 1, 1]);
  }, 150_000);

  test('who scales it to a number within its bounds starts both cool-downs', async () => {
    await updateService(scene.engine, 'web', {
      labels: { 'micado.scaleup.cooldown': '1h', 'micado.scaledown.cooldown': '1h' },
    });
    await updateService(scene.engine, 'web', { replicas: 3 });
    await eventually(
      'it is held by the cool-down',
      async () =>
        (await decisionsOf(scene.stack.url.executor, 'docker/web')).some(
          ({ reason }) => reason === 'cooldown',
        ),
      { withinMs: 60_000 },
    );
    expect(await replicasOf(scene.engine, 'web')).toBe(3);
  }, 90_000);

  test('who scales it above its max sees it come back to its max', async () => {
    await updateService(scene.engine, 'web', { replicas: 7 });
    await eventually('four replicas', async () => (await replicasOf(scene.engine, 'web')) === 4, {
      withinMs: 30_000,
    });
    const records = await decisionsOf(scene.stack.url.executor, 'docker/web');
    expect(records.find(({ kind }) => kind === 'scale')).toMatchObject({
      from: 7,
      to: 4,
      reason: 'out_of_bounds',
    });
  }, 60_000);

  test('who switches it off keeps it off', async () => {
    await updateService(scene.engine, 'web', { replicas: 0 });
    const before = (await decisionsOf(scene.stack.url.executor, 'docker/web')).length;
    await eventually(
      'its tasks are gone',
      async () => (await serviceNamed(scene.engine, 'web')).runningTasks === 0,
      {
        withinMs: 30_000,
      },
    );
    // A service with a query is asked for again even at zero: only the executor's own zero may be left.
    await scene.load.createService(
      'queried',
      { 'micado.query': 'vector(100)', 'micado.min': '1', 'micado.max': '2' },
      0,
    );
    await eventually(
      'the executor has looked, and held',
      async () =>
        (await decisionsOf(scene.stack.url.executor, 'docker/queried')).some(
          ({ reason }) => reason === 'stopped_by_operator',
        ),
      { withinMs: 40_000 },
    );
    expect(await replicasOf(scene.engine, 'queried')).toBe(0);
    expect(await replicasOf(scene.engine, 'web')).toBe(0);
    const after = await decisionsOf(scene.stack.url.executor, 'docker/web');
    expect(after.slice(0, after.length - before).filter(({ kind }) => kind === 'scale')).toEqual([]);
  }, 90_000);

  test('who asks why is told', async () => {
    const why = (...args: readonly string[]): Promise<string> =>
      run(process.execPath, ['deploy/micado.mjs', 'why', `--state.dir=${scene.stack.stateDir}`, ...args], {
        folder: PROJECT_ROOT,
      });
    const text = await why('queried');
    expect(text).toMatch(/^docker\/queried\nnow +hold stopped_by_operator: /);
    expect(text).toMatch(/^alerts +queried_overloaded firing for .*: value 100/m);
    expect(text).not.toContain('\u001b');
    expect(JSON.parse(await why('queried', '--json'))).toMatchObject({ target: 'docker/queried' });
    await expect(why('quered')).rejects.toThrow('did you mean "docker/queried"?');
  }, 30_000);
});
