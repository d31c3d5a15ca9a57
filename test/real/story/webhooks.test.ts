/** A webhook only says "look": doubled, forged, late and stray ones lead to no more than one rightful action. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf, prometheusAlerts, silenceService } from '../support/apis.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { removeService, replicasOf, waitForRunning } from '../support/services.ts';
import { aWebhook } from '../support/webhook.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

async function post(body: unknown, token = scene.stack.token): Promise<number> {
  const { status } = await callHttp({
    method: 'POST',
    url: `${scene.stack.url.executor}/`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    timeoutMs: 5_000,
  });
  return status;
}

const scalesOf = async (service: string) =>
  (await decisionsOf(scene.stack.url.executor, `docker/${service}`)).filter(({ kind }) => kind === 'scale');
const lastOf = async (service: string) =>
  (await decisionsOf(scene.stack.url.executor, `docker/${service}`)).at(0);

async function decided(service: string, reason: string): Promise<void> {
  await eventually(
    `${service}: ${reason}`,
    async () =>
      (await decisionsOf(scene.stack.url.executor, `docker/${service}`)).some(
        (record) => record.reason === reason,
      ),
    { withinMs: 10_000 },
  );
}

describe('a webhook', () => {
  test('for a service whose alert does not fire moves nothing, whoever sends it', async () => {
    await scene.load.createService('web', { 'micado.scaleup.cooldown': '1h' });
    await waitForRunning(scene.engine, 'web', 1);
    expect(await post(aWebhook('web', 'overloaded'))).toBe(200);
    expect(await post(aWebhook('web', 'overloaded'), 'not-the-token-but-as-long')).toBe(401);
    await decided('web', 'not_firing');
    expect(await replicasOf(scene.engine, 'web')).toBe(1);
  }, 60_000);

  test('for a service that does not exist is taken, and refused in the journal', async () => {
    expect(await post(aWebhook('ghost', 'overloaded'))).toBe(200);
    await eventually('the journal has it', async () => (await lastOf('ghost')) !== undefined);
  });

  test('that comes twice, and from two Alertmanagers, leads to one action', async () => {
    scene.load.set(0.8);
    await eventually(
      'the alert fires',
      async () =>
        (await prometheusAlerts(scene.stack.url.prometheus)).some(
          ({ labels, state }) => labels['alertname'] === 'web_overloaded' && state === 'firing',
        ),
      { withinMs: 40_000 },
    );
    const first = aWebhook('web', 'overloaded', { externalURL: 'http://a:9093' });
    const second = aWebhook('web', 'overloaded', { externalURL: 'http://b:9093' });
    const answers = await Promise.all([post(first), post(first), post(second), post(second)]);
    expect(answers).toEqual([200, 200, 200, 200]);
    await eventually('two replicas', async () => (await replicasOf(scene.engine, 'web')) === 2, {
      withinMs: 20_000,
    });
    await waitForRunning(scene.engine, 'web', 2);
    await Promise.all([post(first), post(second)]);
    await decided('web', 'cooldown');
    expect(await scalesOf('web')).toHaveLength(1);
    expect(await replicasOf(scene.engine, 'web')).toBe(2);
  }, 120_000);

  test('is without effect while Alertmanager silences the alert, and the reason is kept', async () => {
    await scene.load.createService('quiet', {});
    await silenceService(scene.stack.url.alertmanager, 'quiet');
    await waitForRunning(scene.engine, 'quiet', 1);
    scene.load.set(2);
    await decidedWithin('quiet', 'silenced', 40_000);
    expect(await replicasOf(scene.engine, 'quiet')).toBe(1);
    scene.load.set(0.8);
  }, 90_000);

  test('for a service that was removed and created anew finds the new one with an alert of its own', async () => {
    await removeService(scene.engine, 'web');
    await eventually(
      'its alert is gone',
      async () =>
        (await prometheusAlerts(scene.stack.url.prometheus)).every(
          ({ labels }) => labels['application'] !== 'web',
        ),
      { withinMs: 20_000 },
    );
    expect(await post(aWebhook('web', 'overloaded'))).toBe(200);
    await scene.load.createService('web', { 'micado.scale': 'true' });
    await post(aWebhook('web', 'overloaded', { annotations: { service_id: 'of-the-old-one' } }));
    await eventually('nothing but a hold or a refusal', async () => (await lastOf('web'))?.kind !== 'scale');
    expect(await replicasOf(scene.engine, 'web')).toBe(1);
  }, 60_000);
});

async function decidedWithin(service: string, reason: string, withinMs: number): Promise<void> {
  await eventually(
    `${service}: ${reason}`,
    async () =>
      (await decisionsOf(scene.stack.url.executor, `docker/${service}`)).some(
        (record) => record.reason === reason,
      ),
    { withinMs },
  );
}
