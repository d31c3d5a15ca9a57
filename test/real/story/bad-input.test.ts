/** What the executor answers to what it should not get, and what it writes down of it. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf } from '../support/apis.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { aWebhook } from '../support/webhook.ts';

let engine: Engine;
let stack: Stack;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startStack(engine);
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await engine?.stop();
});

type Ask = {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Raw, because a client library would mend what this sends. */
function ask({ method = 'POST', body = '', headers = {} }: Ask): Promise<number> {
  const { port } = new URL(stack.url.executor);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: '/api/v1/alerts',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.token}`, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    // An answer may come, and the connection close, before a large body is sent.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    sent.end(body);
  });
}

const firing = JSON.stringify(aWebhook('nobody', 'overloaded'));

describe('the executor answers', () => {
  test.each<[string, Ask, number]>([
    ['an empty body', { body: '' }, 400],
    ['what is not JSON', { body: '{"version": "4"' }, 400],
    ['JSON that is no payload', { body: '{}' }, 400],
    ['another version', { body: JSON.stringify({ ...aWebhook('nobody', 'overloaded'), version: '3' }) }, 400],
    ['another content type', { body: firing, headers: { 'content-type': 'text/plain' } }, 415],
    ['10 MB', { body: JSON.stringify({ version: '4', pad: 'x'.repeat(10_000_000) }) }, 413],
    ['a wrong token', { body: firing, headers: { authorization: 'Bearer wrong' } }, 401],
    ['no token', { body: firing, headers: { authorization: '' } }, 401],
    ['a wrong method', { method: 'PUT', body: firing }, 405],
    ['a foreign Host header', { body: firing, headers: { host: 'evil.example' } }, 403],
    ['an unknown service', { body: firing }, 200],
    [
      'resolved alerts only',
      { body: JSON.stringify(aWebhook('nobody', 'overloaded', { status: 'resolved' })) },
      200,
    ],
  ])('%s as it should', async (_what, sent, status) => {
    expect(await ask(sent)).toBe(status);
  });

  test('a firing alert without its labels with 200, and writes it down', async () => {
    const payload = aWebhook('nobody', 'overloaded');
    const [alert] = payload.alerts;
    const bare = { ...payload, alerts: [{ ...alert, labels: { alertname: 'bare', type: 'docker' } }] };
    expect(await ask({ body: JSON.stringify(bare) })).toBe(200);
    await eventually('the journal has it', async () =>
      (await decisionsOf(stack.url.executor, '')).some(({ reason }) => reason === 'bad_alert'),
    );
  });

  test('an unknown service with a refusal in the journal, once however often it comes', async () => {
    for (let time = 0; time < 5; time += 1) expect(await ask({ body: firing })).toBe(200);
    const records = await eventually('the journal has it', async () => {
      const found = await decisionsOf(stack.url.executor, 'docker/nobody');
      return found.length > 0 && found;
    });
    expect(records).toHaveLength(1);
  });
});
