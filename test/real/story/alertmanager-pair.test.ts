/** Alertmanagers in a cluster send at least once, so often twice: one action comes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf, prometheusAlerts } from '../support/apis.ts';
import { type RealAlertmanager, startRealAlertmanager } from '../support/real-alertmanager.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { replicasOf, waitForRunning } from '../support/services.ts';

let scene: Scene;
const pair: RealAlertmanager[] = [];

beforeAll(async () => {
  scene = await openScene();
  // The same configuration as the stack's own: the same executor, the same token.
  const config = readFileSync(join(scene.stack.stateDir, 'alertmanager.yml'), 'utf8');
  const first = await startRealAlertmanager({ config, peers: [] });
  pair.push(first);
  pair.push(await startRealAlertmanager({ config, peers: [first.clusterAddress ?? ''] }));
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await Promise.all(pair.map((alertmanager) => alertmanager[Symbol.asyncDispose]()));
  await scene?.close();
});

/** What an Alertmanager has sent to webhooks, by its own count. */
async function sentBy(alertmanager: RealAlertmanager): Promise<number> {
  const { text } = await callHttp({ url: `${alertmanager.url}/metrics`, timeoutMs: 5_000 });
  return Number(/^alertmanager_notifications_total\{integration="webhook"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

test('three Alertmanagers that send the same alert again and again lead to one action', async () => {
  await scene.load.createService('web', { 'micado.scaleup.cooldown': '1h', 'micado.max': '5' });
  await waitForRunning(scene.engine, 'web', 1);
  scene.load.set(1.2);
  const alert = await eventually(
    'the alert fires',
    async () =>
      (await prometheusAlerts(scene.stack.url.prometheus)).find(
        ({ labels, state }) => labels['alertname'] === 'web_overloaded' && state === 'firing',
      ),
    { withinMs: 40_000 },
  );
  const { labels, annotations } = alert;
  const endsAt = new Date(Date.now() + 120_000).toISOString();
  for (const alertmanager of pair)
    await alertmanager.post('/api/v2/alerts', [{ labels, annotations, endsAt }]);
  await eventually(
    'the pair has sent, too',
    async () => (await Promise.all(pair.map(sentBy))).some((sent) => sent > 0),
    { withinMs: 40_000 },
  );
  await eventually('two replicas', async () => (await replicasOf(scene.engine, 'web')) === 2, {
    withinMs: 20_000,
  });
  await waitForRunning(scene.engine, 'web', 2);
  // Still overloaded, so every further look would add a replica if the cool-down did not hold it.
  await eventually(
    'the executor has looked again, and held',
    async () =>
      (await decisionsOf(scene.stack.url.executor, 'docker/web')).some(({ reason }) => reason === 'cooldown'),
    { withinMs: 30_000 },
  );
  const scales = (await decisionsOf(scene.stack.url.executor, 'docker/web')).filter(
    ({ kind }) => kind === 'scale',
  );
  expect(scales).toHaveLength(1);
  expect(await replicasOf(scene.engine, 'web')).toBe(2);
}, 150_000);
