/** How we are let in by servers that ask for credentials and certificates. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpAccess, type HttpAccess } from '../../../internal/daemon/http-access.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { aTempFolder } from '../../temp-folder.ts';
import { writeTlsFiles } from '../../tls-files.ts';

const servers: Server[] = [];
const problems: string[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  problems.splice(0);
});

/** Answers with the authorization that it was shown. */
const echo: RequestListener = (request, response) => response.end(request.headers.authorization ?? 'nothing');

async function listen(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  servers.push(server);
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const folder = aTempFolder();
const configFile = join(folder, 'http.yml');
function access(yaml: string): HttpAccess {
  writeFileSync(configFile, yaml);
  return createHttpAccess(configFile, (problem) => problems.push(problem));
}
const ask = async (url: string, given: HttpAccess): Promise<string> =>
  (await callHttp({ url, timeoutMs: 2_000, access: given })).text;

describe('credentials', () => {
  test('nothing is shown without a file', async () => {
    const url = await listen(createServer(echo), 'http');
    expect(
      await ask(
        url,
        createHttpAccess('', () => {}),
      ),
    ).toBe('nothing');
  });

  test('a user and a password, from a file beside the configuration', async () => {
    const url = await listen(createServer(echo), 'http');
    writeFileSync(join(folder, 'password'), 'se:cret\n');
    const shown = await ask(url, access('basic_auth: { username: anna, password_file: password }'));
    expect(shown).toBe(`Basic ${Buffer.from('anna:se:cret').toString('base64')}`);
  });

  test('a token, which is read again when its file changes', async () => {
    const url = await listen(createServer(echo), 'http');
    writeFileSync(join(folder, 'token'), 'first\n');
    const given = access('authorization: { credentials_file: token }');
    expect(await ask(url, given)).toBe('Bearer first');
    writeFileSync(join(folder, 'token'), 'the second\n');
    expect(await ask(url, given)).toBe('Bearer the second');
    writeFileSync(join(folder, 'token'), '');
    expect(await ask(url, given)).toBe('Bearer the second');
    expect(problems).toEqual([expect.stringContaining('token is empty')]);
  });
});

describe('certificates', () => {
  let tls: ServerOptions;
  beforeAll(() => {
    writeTlsFiles(folder);
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    tls = { cert: read('cert.pem'), key: read('key.pem'), ca: read('ca.pem') };
  });

  test('an authority of the operator’s own is trusted when it is named', async () => {
    const url = await listen(createTlsServer(tls, echo), 'https');
    await expect(ask(url, access(''))).rejects.toThrow(/certificate/);
    expect(await ask(url, access('tls_config: { ca_file: ca.pem }'))).toBe('nothing');
    expect(await ask(url, access('tls_config: { insecure_skip_verify: true }'))).toBe('nothing');
  });

  test('a certificate of our own is shown where the server wants one', async () => {
    const url = await listen(
      createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, echo),
      'https',
    );
    await expect(ask(url, access('tls_config: { ca_file: ca.pem }'))).rejects.toThrow();
    const both = access('tls_config: { ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem }');
    expect(await ask(url, both)).toBe('nothing');
  });

  test('another name than the certificate’s is refused, and can be given', async () => {
    const url = await listen(createTlsServer(tls, echo), 'https');
    const wrong = access('tls_config: { ca_file: ca.pem, server_name: elsewhere.example }');
    await expect(ask(url, wrong)).rejects.toThrow(/elsewhere\.example/);
    expect(await ask(url, access('tls_config: { ca_file: ca.pem, server_name: localhost }'))).toBe('nothing');
  });
});

test.each([
  ['basic_aut: {}', 'unknown key "basic_aut"; did you mean "basic_auth"?'],
  ['tls_config: { ca: x }', 'unknown key "tls_config.ca"'],
  ['basic_auth: { username: a }', 'basic_auth needs either password or password_file'],
  ['authorization: { credentials: a, credentials_file: b }', 'needs either credentials or'],
  ['authorization: { credentials_file: missing }', 'ENOENT'],
  ['{ basic_auth: { username: a, password: b }, authorization: { credentials: c } }', 'exclude each other'],
  ['tls_config: { cert_file: a }', 'cert_file and key_file need each other'],
  ['- a', 'expected object'],
  ['a: [', 'http.yml'],
])('refuses %s at the start', (yaml, message) => {
  expect(() => access(yaml)).toThrow(message);
});
