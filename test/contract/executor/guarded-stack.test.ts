/** The executor's readers and servers that ask for credentials. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createHttpAlertReader } from '../../../executor/adapters/http-alert-reader.ts';
import { createHttpSuppressionReader } from '../../../executor/adapters/http-suppression-reader.ts';
import { createPrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { createHttpAccess } from '../../../internal/daemon/http-access.ts';
import { startJsonServer } from '../../fakes/json-server.ts';
import { aTempFolder } from '../../temp-folder.ts';

const folder = aTempFolder();

test('alerts and silences are read with the token of the file, and not without', async () => {
  await using server = await startJsonServer(({ headers }, path) => {
    if (headers.authorization !== 'Bearer the-token') return { status: 401, json: {} };
    return path === '/api/v1/alerts'
      ? { status: 200, json: { status: 'success', data: { alerts: [] } } }
      : { status: 200, json: [] };
  });
  writeFileSync(join(folder, 'http.yml'), 'authorization: { credentials: the-token }\n');
  const access = createHttpAccess(join(folder, 'http.yml'), () => {});
  expect(await createHttpAlertReader(createPrometheusAsker([server.url], access)).list()).toEqual([]);
  expect(await createHttpSuppressionReader([server.url], [], access).read()).toEqual({
    listed: [],
    silences: [],
  });
  await expect(createHttpAlertReader(createPrometheusAsker([server.url])).list()).rejects.toThrow('401');
  await expect(createHttpSuppressionReader([server.url]).read()).rejects.toThrow('401');
});
