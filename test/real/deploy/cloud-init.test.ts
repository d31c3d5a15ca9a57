/** What `micado render` writes, before the real cloud-init and the libraries that Occopus reads it with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { escapeJinja } from '../../../deploy/core/cloud/jinja.ts';
import { CLOUD_NAMES, type CloudName } from '../../../deploy/core/user-data/clouds.ts';
import { runInit } from '../../../deploy/init.ts';
import { runRender } from '../../../deploy/render.ts';
import { fillIn } from '../../contract/deploy/filled-user-data.ts';
import { ROOT } from '../../house/source-files.ts';
import { bootText, judgeCloudConfig, readAsYaml11 } from '../support/debian-cloud-init.ts';

const TEMPLATES = join(ROOT, 'templates');
const VM = {
  node_id: 'c5878f36-8a21-4eb6-b601-b5d29dc303f7',
  variables: {
    master_host_ip: '10.0.0.5',
    worker_join_token: `SWMTKN-1-${'0'.repeat(50)}-${'a'.repeat(25)}`,
  },
};

const cloudConfig = z.object({
  write_files: z.array(
    z.object({
      path: z.string(),
      permissions: z.string(),
      content: z.string(),
      encoding: z.string().optional(),
    }),
  ),
});

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-cloud-init-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECRETS = new Proxy({}, { get: () => '#:{ not: "a mapping" }' });

/** The folder with all files for a cloud. */
async function renderFor(cloud: CloudName): Promise<string> {
  const own = join(folder, cloud);
  const userDataFile = join(own, 'user_data.yaml');
  await runInit({ cloud, outFolder: own }, { templatesFolder: TEMPLATES });
  writeFileSync(userDataFile, fillIn(readFileSync(userDataFile, 'utf8')));
  const outFolder = join(own, 'rendered');
  const { ok, text } = await runRender(
    { userDataFile, policyFile: '', masterAddress: '10.0.0.5', joinTokenFile: '', outFolder },
    { env: SECRETS, templatesFolder: TEMPLATES },
  );
  expect({ ok, text }).toMatchObject({ ok: true });
  return outFolder;
}

/** The files that cloud-init would write, unpacked. */
async function filesOf(file: string): Promise<ReadonlyMap<string, string>> {
  const { write_files: files } = cloudConfig.parse(await readAsYaml11(file));
  return new Map(
    files.map(({ path, content, encoding }) => {
      const text = encoding === 'gz+b64' ? gunzipSync(Buffer.from(content, 'base64')).toString() : content;
      return [path, text];
    }),
  );
}

const template = (name: string): string => readFileSync(join(TEMPLATES, 'cloud', name), 'utf8');

test('the judge refuses what is wrong', async () => {
  const file = join(folder, 'wrong.yaml');
  writeFileSync(file, '#cloud-config\nwrite_files:\n  - path: /a\n    contents: b\n');
  const { ok, words } = await judgeCloudConfig(file);
  expect(ok).toBe(false);
  expect(words).toContain("'contents' was unexpected");
});

test('Jinja gives back every text that was escaped for it', async () => {
  const unit = fc.constantFrom('{', '}', '%', '#', "'", '-', ' ', 'a', '\n');
  const texts = fc.sample(fc.string({ unit, maxLength: 30 }), 500);
  const template = texts.map(escapeJinja).join('@');
  const file = join(folder, 'braces.yaml');
  const definition = { 'node_def:worker': [{ contextualisation: { context_template: template } }] };
  writeFileSync(file, JSON.stringify(definition));
  expect(await bootText(file, {})).toBe(texts.join('@'));
});

describe.each(CLOUD_NAMES)('for %s', (cloud) => {
  let out = '';
  beforeAll(async () => {
    out = await renderFor(cloud);
  });

  test('cloud-init accepts the master’s file, which holds the others to the letter', async () => {
    const file = join(out, 'master-cloud-init.yaml');
    expect(await judgeCloudConfig(file)).toEqual({ ok: true, words: `Valid cloud-config: ${file}\n` });
    const files = await filesOf(file);
    for (const name of ['auth_data.yaml', 'node_definition.yaml'])
      expect(files.get(`/etc/micado/occopus/${name}`)).toBe(readFileSync(join(out, name), 'utf8'));
    expect(files.get('/etc/micado/policy.yaml')).toBe(readFileSync(join(out, 'policy.yaml'), 'utf8'));
    expect(files.get('/usr/local/sbin/micado-submit')).toBe(template('micado-submit.sh'));
  });

  test('cloud-init accepts the worker’s file as Occopus makes it of the template', async () => {
    const file = join(out, '..', 'booted.yaml');
    writeFileSync(file, await bootText(join(out, 'node_definition.yaml'), VM));
    expect(await judgeCloudConfig(file)).toEqual({ ok: true, words: `Valid cloud-config: ${file}\n` });
    const files = await filesOf(file);
    expect(files.get('/usr/local/sbin/micado-join')).toBe(template('micado-join.sh'));
    expect(JSON.parse(files.get('/etc/docker/daemon.json') ?? '')).toMatchObject({
      labels: ['micado.pool=worker', `micado.vm=${VM.node_id}`],
    });
    expect(files.get('/etc/micado/micado.env')).toContain(
      `MASTER_ADDRESS=10.0.0.5\nJOIN_TOKEN=${VM.variables.worker_join_token}\n`,
    );
  });

  test('cloud-init accepts the template itself', async () => {
    expect(await judgeCloudConfig(join(out, 'worker-cloud-init.yaml'))).toMatchObject({ ok: true });
  });

  test('Occopus’ YAML reads the secrets as the texts that they are', async () => {
    expect(JSON.stringify(await readAsYaml11(join(out, 'auth_data.yaml')))).toContain(
      JSON.stringify('#:{ not: "a mapping" }'),
    );
  });
});
