/**
 * Every reload makes Prometheus drop alerts for some seconds. An overload that falls into such a gap must be answered
 * like any other: with a resend delay of a minute, Prometheus' default, these tests would wait that minute.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { prometheusAlerts, ruleGroups } from '../support/apis.ts';
import { type Load, startLoad } from '../support/load.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { replicasOf, updateService, waitForRunning } from '../support/services.ts';

const ANSWERED_WITHIN_MS = 25_000;

let scene: Scene;
/** A load of its own for each test: the services of the other one take nothing of it. */
let load: Load;

beforeAll(async () => {
  scene = await openScene();
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

beforeEach(async () => {
  load = await startLoad(scene.engine);
});

afterEach(async () => {
  await load.stop();
});

const fires = async (alertname: string): Promise<boolean> =>
  (await prometheusAlerts(scene.stack.url.prometheus)).some(
    ({ labels, state }) => labels['alertname'] === alertname && state === 'firing',
  );

async function answered(name: string, replicas: number): Promise<void> {
  await eventually(
    `${name} has ${replicas} replicas`,
    async () => (await replicasOf(scene.engine, name)) === replicas,
    {
      withinMs: ANSWERED_WITHIN_MS,
    },
  );
}

describe('an overload', () => {
  test('that begins in the second in which other services are created is answered', async () => {
    await load.createService('web', { 'micado.max': '2' });
    await waitForRunning(scene.engine, 'web', 1);
    await eventually('its rules are loaded', async () =>
      (await ruleGroups(scene.stack.url.prometheus)).some((group) => group.name === 'service-web'),
    );
    load.set(0.5);
    await load.createService('other-1', { 'micado.scale': 'true' }, 0);
    // And one more reload just when the alert is about to fire.
    await eventually(
      'the alert is pending or firing',
      async () =>
        (await prometheusAlerts(scene.stack.url.prometheus)).some(
          ({ labels }) => labels['alertname'] === 'web_overloaded',
        ),
      { withinMs: 20_000 },
    );
    await load.createService('other-2', { 'micado.scale': 'true' }, 0);
    await answered('web', 2);
  }, 90_000);

  test('that begins while the same service is reported underloaded is answered', async () => {
    await load.createService('calm', {
      'micado.max': '3',
      'micado.scaleup.cooldown': '1s',
      'micado.scaledown.for': '2s',
      'micado.scaledown.cooldown': '1h',
    });
    // Replicas set by hand start the cool-downs: it stays at two, with the alert firing.
    await updateService(scene.engine, 'calm', { replicas: 2 });
    await waitForRunning(scene.engine, 'calm', 2);
    await eventually('calm_underloaded fires', async () => await fires('calm_underloaded'), {
      withinMs: 40_000,
    });
    load.set(0.8);
    await answered('calm', 3);
  }, 120_000);
});
