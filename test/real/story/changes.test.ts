/** A label or the policy changes: Prometheus has it without a restart, and the `for` timer runs on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { prometheusAlerts, ruleGroups } from '../support/apis.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { updateService, waitForRunning } from '../support/services.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
  await scene.load.createService('web', { 'micado.scaleup.for': '10m', 'micado.max': '3' });
  await waitForRunning(scene.engine, 'web', 1);
  scene.load.set(0.5);
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

const overloaded = async () =>
  (await prometheusAlerts(scene.stack.url.prometheus)).find(
    ({ labels }) => labels['alertname'] === 'web_overloaded',
  );

const upQuery = async (): Promise<string> =>
  (await ruleGroups(scene.stack.url.prometheus))
    .find((group) => group.name === 'service-web')
    ?.rules.find((rule) => rule.name === 'web_overloaded')?.query ?? '';

describe('a change', () => {
  let activeAt = '';
  let prometheusPid = 0;

  test('finds the alert pending', async () => {
    const alert = await eventually('it is pending', async () => await overloaded(), { withinMs: 40_000 });
    expect(alert.state).toBe('pending');
    activeAt = alert.activeAt;
    prometheusPid = scene.stack.pidOf('prometheus');
  }, 60_000);

  test('of a label reaches Prometheus, and the alert is pending since the same moment', async () => {
    await updateService(scene.engine, 'web', { labels: { 'micado.scaleup': '60' } });
    await eventually('the new threshold is loaded', async () => (await upQuery()).endsWith('> 60'), {
      withinMs: 5_000,
    });
    expect(await overloaded()).toMatchObject({ state: 'pending', activeAt });
  });

  test('of the policy reaches Prometheus where no label says otherwise', async () => {
    writeFileSync(
      join(scene.stack.stateDir, 'policy.yaml'),
      'defaults: { scaleup: 50 }\nservices:\n  web: { max: 4, scaleup: 55 }\n',
    );
    await eventually(
      'the new max is loaded',
      async () => {
        const group = (await ruleGroups(scene.stack.url.prometheus)).find(
          ({ name }) => name === 'service-web',
        );
        return (
          group?.rules.every((rule) => rule.annotations?.['max'] === '3') === true &&
          (await upQuery()).endsWith('> 60')
        );
      },
      { withinMs: 10_000 },
    );
    await scene.load.createService('api', {});
    await eventually(
      'a service without labels has the policy’s threshold',
      async () =>
        (await ruleGroups(scene.stack.url.prometheus)).some(
          (group) => group.name === 'service-api' && group.rules.some((rule) => rule.query.endsWith('> 50')),
        ),
      { withinMs: 10_000 },
    );
    expect(await overloaded()).toMatchObject({ state: 'pending', activeAt });
  }, 40_000);

  test('of a policy that cannot be read keeps the last good one', async () => {
    writeFileSync(join(scene.stack.stateDir, 'policy.yaml'), 'defaults: { scaleup: [\n');
    await scene.load.createService('late', {});
    await eventually(
      'a new service has the threshold of the last good policy',
      async () =>
        (await ruleGroups(scene.stack.url.prometheus)).some(
          (group) => group.name === 'service-late' && group.rules.some((rule) => rule.query.endsWith('> 50')),
        ),
      { withinMs: 10_000 },
    );
  }, 20_000);

  test('of less `for` than has passed fires at once, with Prometheus never restarted', async () => {
    await updateService(scene.engine, 'web', { labels: { 'micado.scaleup.for': '5s' } });
    const alert = await eventually(
      'it fires',
      async () => {
        const now = await overloaded();
        return now?.state === 'firing' ? now : undefined;
      },
      { withinMs: 10_000 },
    );
    expect(alert.activeAt).toBe(activeAt);
    expect(scene.stack.pidOf('prometheus')).toBe(prometheusPid);
  }, 20_000);
});
