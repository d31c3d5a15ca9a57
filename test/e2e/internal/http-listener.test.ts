import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as httpRequest, type RequestListener } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { type HttpListener, openHttpListener } from '../../../internal/daemon/http-listener.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { eventually } from '../../eventually.ts';
import { aTempFolder } from '../../temp-folder.ts';

const TOKEN = 'a-token-of-more-than-16-characters';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const echo: RequestListener = (_request, response) => {
  response.end('served');
};

async function aListener(
  webConfig = '',
  handler: RequestListener = echo,
): Promise<HttpListener & { folder: string }> {
  const folder = aTempFolder();
  const file = join(folder, 'web.yml');
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
  writeFileSync(file, webConfig);
  const listener = await openHttpListener({
    listenAddress: '127.0.0.1:0',
    webConfigFile: webConfig === '' ? '' : file,
    allowedHosts: ['scaler.example'],
    handler,
    logger: silentLogger,
  });
  const stop = new AbortController();
  const ended = listener.actor.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await ended;
  });
  return { ...listener, folder };
}

type Ask = { method?: string; path?: string; headers?: Record<string, string> };

function statusOf(
  listener: HttpListener,
  { method = 'GET', path = '/', headers = {} }: Ask,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const ask = listener.url.startsWith('https') ? httpsRequest : httpRequest;
    const request = ask(
      {
        host: '127.0.0.1',
        port: listener.port,
        method,
        path,
        headers,
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject).end();
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const BEARER = { authorization: `Bearer ${TOKEN}` };
const WITH_TOKEN = 'bearer_token_files: [token]\n';

describe('who may ask what', () => {
  test('without a configuration everybody reads and nobody posts', async () => {
    const listener = await aListener();
    expect(await statusOf(listener, {})).toBe(200);
    expect(await statusOf(listener, { method: 'POST', headers: JSON_TYPE })).toBe(401);
  });

  test('a POST wants the token, a known host and JSON', async () => {
    const listener = await aListener(WITH_TOKEN);
    const post = (headers: Record<string, string>) => statusOf(listener, { method: 'POST', headers });
    expect(await post({ ...JSON_TYPE, ...BEARER })).toBe(200);
    expect(await post({ 'content-type': 'application/json; charset=utf-8', ...BEARER })).toBe(200);
    expect(await post({ ...JSON_TYPE, ...BEARER, host: 'scaler.example:9095' })).toBe(200);
    expect(await post({ ...JSON_TYPE, ...BEARER, host: 'evil.example' })).toBe(403);
    expect(await post({ ...JSON_TYPE, authorization: 'Bearer wrong' })).toBe(401);
    expect(await post(JSON_TYPE)).toBe(401);
    expect(await post(BEARER)).toBe(415);
    expect(await post({ ...BEARER, 'content-type': 'text/plain' })).toBe(415);
    expect(await statusOf(listener, {})).toBe(200);
  });

  test('with basic auth reading wants a user too, but not the health of the process', async () => {
    const listener = await aListener(`basic_auth_users:\n  ann: ${hashSync('secret', 4)}\n`);
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    expect(await statusOf(listener, {})).toBe(401);
    expect(await statusOf(listener, { path: '/-/healthy' })).toBe(200);
    expect(await statusOf(listener, { headers: basic('ann:secret') })).toBe(200);
    expect(await statusOf(listener, { headers: basic('ann:secret') })).toBe(200);
    expect(await statusOf(listener, { headers: basic('ann:wrong') })).toBe(401);
    expect(await statusOf(listener, { headers: basic('bob:secret') })).toBe(401);
  });

  test('credentials follow their file, and a broken file keeps the last good ones', async () => {
    const listener = await aListener(WITH_TOKEN);
    const post = (token: string) =>
      statusOf(listener, { method: 'POST', headers: { ...JSON_TYPE, authorization: `Bearer ${token}` } });
    const next = 'another-token-of-enough-characters';
    writeFileSync(join(listener.folder, 'token'), next);
    expect(await post(next)).toBe(200);
    expect(await post(TOKEN)).toBe(401);
    writeFileSync(join(listener.folder, 'token'), 'short');
    expect(await post(next)).toBe(200);
  });

  test.each([
    ['bearer_token_file: [token]\n', 'unknown key "bearer_token_file"; did you mean "bearer_token_files"?'],
    ['basic_auth_users: {ann: secret}\n', 'must be a bcrypt hash'],
    ['bearer_token_files: [nowhere]\n', 'no such file'],
    ['tls_server_config: {cert_file: token}\n', 'needs key_file'],
    ['- a\n', 'must be a mapping'],
    ['a: [\n', 'web.yml'],
  ])('a wrong configuration (%j) is refused at the start', async (text, message) => {
    await expect(aListener(text)).rejects.toThrow(message);
  });
});

describe('the listener', () => {
  test('names the address that another process holds', async () => {
    const { port } = await aListener();
    const second = openHttpListener({
      listenAddress: `127.0.0.1:${port}`,
      webConfigFile: '',
      allowedHosts: [],
      handler: echo,
      logger: silentLogger,
    });
    await expect(second).rejects.toThrow(`127.0.0.1:${port} is taken`);
  });

  test('serves TLS and takes a new certificate without a restart', async () => {
    const folder = aTempFolder();
    const certificate = (name: string): void => {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
          '-keyout',
          join(folder, 'key.pem'),
          '-out',
          join(folder, 'cert.pem'),
        ],
        { stdio: 'ignore' },
      );
    };
    certificate('first');
    const listener = await aListener(
      `tls_server_config: {cert_file: ${folder}/cert.pem, key_file: ${folder}/key.pem}\n${WITH_TOKEN}`,
    );
    expect(listener.url).toMatch(/^https:/);
    expect(await subjectOf(listener)).toBe('first');
    certificate('second');
    await eventually('the new certificate is served', async () => (await subjectOf(listener)) === 'second');
  });

  test('lets a running request end before it ends itself', async () => {
    const finishes: (() => void)[] = [];
    const listener = await aListener('', (_request, response) => {
      finishes.push(() => response.end('done'));
    });
    const answer = statusOf(listener, {});
    const finish = await eventually('the request has arrived', () => finishes[0]);
    const stopped = stops.pop()?.();
    finish();
    expect(await answer).toBe(200);
    await stopped;
  });

  test('closes connections that never finish their headers, or their body, however much they drip', async () => {
    const listener = await aListener(WITH_TOKEN, (request, response) => {
      request.resume().on('end', () => response.end('served'));
    });
    const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const drips = [
      [head, 'X-A: b\r\n'],
      [`${head}Authorization: Bearer ${TOKEN}\r\nContent-Length: 1000\r\n\r\n{`, ' '],
    ].map(([first = '', drop = '']) => {
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.write(first);
      const timer = setInterval(() => socket.write(drop), 500);
      return new Promise((resolve) => {
        socket.on('close', () => {
          clearInterval(timer);
          resolve(true);
        });
      });
    });
    expect(await Promise.all(drips)).toEqual([true, true]);
  }, 25_000);

  test('takes neither headers nor paths without end', async () => {
    const listener = await aListener();
    expect(await statusOf(listener, { headers: { 'x-long': 'a'.repeat(20_000) } })).toBe(431);
    expect(await statusOf(listener, { path: `/${'a'.repeat(20_000)}` })).toBe(431);
  });
});

function subjectOf(listener: HttpListener): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      { host: '127.0.0.1', port: listener.port, rejectUnauthorized: false, agent: false },
      (response) => {
        const socket = response.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } };
        resolve(socket.getPeerCertificate().subject.CN);
        response.resume();
      },
    );
    request.on('error', reject).end();
  });
}
