/** Every kind of input at the webhook: its answer, and its record where one is due. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import {
  alertLabels,
  aWebhook,
  type RunningExecutor,
  type Stage,
  setStage,
  TOKEN,
} from './start-executor.ts';

let stage: Stage;
let executor: RunningExecutor;
beforeAll(async () => {
  stage = await setStage();
  executor = await stage.startExecutor();
});
afterAll(async () => {
  await executor[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const errorOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: string }).error;

describe.each(['/', '/api/v1/alerts'])('a webhook to %s', (path) => {
  test('is taken over at once', async () => {
    const answer = await executor.post(path, aWebhook(alertLabels('web')));
    expect([answer.status, await answer.json()]).toEqual([200, { woken: 1, bad: 0 }]);
  });

  test('wakes each target once, however often it is named', async () => {
    const [alert] = aWebhook(alertLabels('web')).alerts;
    const [other] = aWebhook(alertLabels('api', 'underloaded')).alerts;
    const answer = await executor.post(path, { ...aWebhook({}), alerts: [alert, alert, other] });
    expect(await answer.json()).toEqual({ woken: 2, bad: 0 });
  });

  test.each([
    ['an empty body', '', 'the body is empty'],
    ['what is not JSON', '{"version":', 'JSON'],
    ['another version', { ...aWebhook(alertLabels('web')), version: '3' }, 'version 4'],
    ['JSON of another kind', { hello: 'world' }, 'version 4'],
    ['a bare text', '"alert"', ''],
  ])('with %s is 400', async (_title, body, word) => {
    const answer = await executor.post(path, body);
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toContain(word);
  });

  test('of 10 MB is 413', async () => {
    expect((await executor.post(path, 'x'.repeat(10_000_000))).status).toBe(413);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
  ])('as %s is 415', async (_title, type) => {
    const answer = await executor.post(path, aWebhook(alertLabels('web')), { 'content-type': type });
    expect(answer.status).toBe(415);
  });

  test.each([
    ['no', { authorization: '' }],
    ['a wrong token as', { authorization: 'Bearer another-token-altogether' }],
    ['a wrong password as', { authorization: `Basic ${btoa(`user:${TOKEN}`)}` }],
  ])('with %s credentials is 401', async (_title, headers) => {
    expect((await executor.post(path, aWebhook(alertLabels('web')), headers)).status).toBe(401);
  });

  test('by another method is 405', async () => {
    const answer = await fetch(`${executor.url}${path}`, { method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toContain('POST');
  });

  test('under a foreign Host header is 403', async () => {
    expect(await postWithHost(`${executor.url}${path}`, 'evil.example')).toBe(403);
    expect(await postWithHost(`${executor.url}${path}`, '127.0.0.1')).toBe(200);
  });
});

describe('a webhook that leads to no action is recorded once', () => {
  const reasons = async (target: string): Promise<readonly string[]> =>
    (await executor.decisions(target)).map(({ kind, reason }) => `${String(kind)} ${reason}`);

  test('for an unknown service', async () => {
    for (let round = 0; round < 3; round += 1)
      expect((await executor.post('/', aWebhook(alertLabels('nowhere')))).status).toBe(200);
    await eventually('it is journalled', async () => (await reasons('docker/nowhere')).length > 0);
    await executor.post('/', aWebhook(alertLabels('nowhere')));
    expect(await reasons('docker/nowhere')).toEqual(['reject unknown_service']);
  });

  test('for an alert that is resolved', async () => {
    stage.docker.state.createService({ name: 'calm' });
    expect((await executor.post('/', aWebhook(alertLabels('calm'), 'resolved'))).status).toBe(200);
    await eventually('it is journalled', async () => (await reasons('docker/calm')).length > 0);
    expect(await reasons('docker/calm')).toEqual(['hold not_firing']);
    expect(stage.docker.state.replicas('calm')).toBe(1);
  });

  test.each([
    ['type', { application: undefined, type: undefined }],
    ['application', { application: undefined }],
    ['alert', { alert: undefined }],
  ])('for an alert without label %s', async (label, missing) => {
    const labels = Object.fromEntries(
      Object.entries({ ...alertLabels('web'), ...missing, alertname: `without_${label}` }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    for (let round = 0; round < 2; round += 1) {
      const answer = await executor.post('/', aWebhook(labels));
      expect([answer.status, await answer.json()]).toEqual([200, { woken: 0, bad: 1 }]);
    }
    const [decision, ...more] = await executor.decisions(`alert/without_${label}`);
    expect(decision).toMatchObject({ kind: 'reject', reason: 'bad_alert', inputs: { labels } });
    expect(decision?.['detail']).toContain(`label ${label} is missing`);
    expect(more).toEqual([]);
  });

  test('for an alert of a megabyte, of which only the beginning is kept', async () => {
    const huge = 'x'.repeat(20_000);
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`label_${index}_${huge}`, huge]),
    );
    const labels = { ...many, alertname: huge, alert: 'overloaded', type: huge };
    expect(await (await executor.post('/', aWebhook(labels))).json()).toEqual({ woken: 0, bad: 1 });
    const records = await executor.decisions(`alert/${'x'.repeat(200)}`);
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records).length).toBeLessThan(20_000);
  });

  test('for workers, as long as no provider of machines is there', async () => {
    const labels = {
      alertname: 'worker_overloaded',
      alert: 'overloaded',
      type: 'VM',
      infra_id: 'i',
      node: 'worker',
    };
    stage.prometheus.setAlerts([{ labels }]);
    stage.prometheus.setRules([{ labels, annotations: { min: '1', max: '3' } }]);
    expect((await executor.post('/', aWebhook(labels))).status).toBe(200);
    await eventually('it is journalled', async () => (await reasons('VM/i/worker')).length > 0);
    expect(await reasons('VM/i/worker')).toEqual(['hold no_node_provider']);
  });
});

/** fetch does not let the Host header be set. */
function postWithHost(url: string, host: string): Promise<number> {
  const headers = { host, authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end(JSON.stringify(aWebhook(alertLabels('web'))));
  });
}
