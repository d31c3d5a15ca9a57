/** The real Prometheus behind basic auth, TLS with an authority of its own, and a route prefix. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { createHttpAccess } from '../../../internal/daemon/http-access.ts';
import { createHttpPrometheus } from '../../../rulegen/adapters/http-prometheus.ts';
import { aTempFolder } from '../../temp-folder.ts';
import { writeTlsFiles } from '../../tls-files.ts';
import { type RealPrometheus, startRealPrometheus } from './real-prometheus.ts';

const folder = aTempFolder();
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const access = (yaml: string) => createHttpAccess(file('http.yml', yaml), () => {});

describe('a Prometheus behind credentials, TLS and a route prefix', () => {
  let prometheus: RealPrometheus;

  beforeAll(async () => {
    writeTlsFiles(folder);
    file('password', 'se:cret\n');
    const webConfig = file(
      'web.yml',
      `tls_server_config: { cert_file: cert.pem, key_file: key.pem }
basic_auth_users: { micado: ${hashSync('se:cret', 4)} }
`,
    );
    prometheus = await startRealPrometheus({
      scheme: 'https',
      prefix: '/metrics/prometheus',
      flags: [`--web.config.file=${webConfig}`, '--web.route-prefix=/metrics/prometheus'],
      access: access(
        'tls_config: { ca_file: ca.pem }\nbasic_auth: { username: micado, password_file: password }\n',
      ),
    });
  }, 30_000);
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
  });

  test('is asked, reloaded and read with the credentials of the file', async () => {
    const server = createHttpPrometheus(
      prometheus.url,
      access('tls_config: { ca_file: ca.pem }\nbasic_auth: { username: micado, password_file: password }\n'),
    );
    expect(await server.formatQuery('up+1')).toEqual({ kind: 'accepted', formatted: 'up + 1' });
    expect(await server.reload()).toEqual({ kind: 'reloaded' });
    expect((await server.readConfigState()).reloadSucceeded).toBe(true);
    expect(await server.listGroups()).toEqual([]);
  });

  test('without credentials the failure says where they belong', async () => {
    const server = createHttpPrometheus(prometheus.url, access('tls_config: { ca_file: ca.pem }\n'));
    for (const call of [server.listGroups, server.reload, () => server.formatQuery('up')])
      await expect(call()).rejects.toThrow('--prometheus.config.file');
  });

  test('without the prefix the failure asks for it', async () => {
    const server = createHttpPrometheus(
      prometheus.url.replace('/metrics/prometheus', ''),
      access('tls_config: { ca_file: ca.pem }\nbasic_auth: { username: micado, password_file: password }\n'),
    );
    await expect(server.reload()).rejects.toThrow('--web.route-prefix');
  });

  test('an authority that is not named is not trusted', async () => {
    await expect(createHttpPrometheus(prometheus.url).listGroups()).rejects.toThrow(/certificate/);
  });
});
