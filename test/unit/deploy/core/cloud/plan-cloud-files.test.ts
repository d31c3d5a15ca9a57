import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import type { CloudScripts } from '../../../../../deploy/core/cloud/cloud-scripts.ts';
import {
  cloudInitSizes,
  MAX_USER_DATA_BYTES,
  planCloudFiles,
  sizeProblems,
} from '../../../../../deploy/core/cloud/plan-cloud-files.ts';
import type { UserData } from '../../../../../deploy/core/user-data/user-data.ts';
import { someScripts, someUserData } from './some-user-data.ts';

const pack = (text: string): string => `packed ${text.length}`;
const plan = (data: Partial<UserData> = {}, scripts: Partial<CloudScripts> = {}, joinToken?: string) =>
  planCloudFiles({
    data: someUserData(data),
    policy: 'workers: []\n',
    joinToken,
    scripts: someScripts(scripts),
    pack,
  });

const config = z.object({
  packages: z.array(z.string()),
  write_files: z.array(
    z.object({
      path: z.string(),
      permissions: z.string(),
      content: z.string(),
      encoding: z.string().optional(),
    }),
  ),
  runcmd: z.array(z.array(z.string())),
});
const parse = (text: string) => config.parse(load(text));

describe('the master', () => {
  test('gets credentials, node definition and infrastructure for root only', () => {
    const { write_files: files } = parse(plan()['master-cloud-init.yaml']);
    const secret = files.filter(({ path }) => path.startsWith('/etc/micado/occopus/'));
    expect(secret.map(({ path, permissions }) => `${path} ${permissions}`)).toEqual([
      '/etc/micado/occopus/auth_data.yaml 0600',
      '/etc/micado/occopus/node_definition.yaml 0600',
      '/etc/micado/occopus/infrastructure.yaml 0600',
    ]);
    expect(secret[0]?.content).toBe(plan()['auth_data.yaml']);
    expect(files.find(({ path }) => path === '/etc/micado/policy.yaml')?.content).toBe('workers: []\n');
  });

  test('gets no join token, which is another one by the time that it boots', () => {
    const files = plan({ masterAddress: '10.0.0.5' }, {}, 'SWMTKN-1-a-b');
    expect(files['infrastructure.yaml']).toContain('SWMTKN-1-a-b');
    expect(files['master-cloud-init.yaml']).not.toContain('SWMTKN-1-a-b');
    expect(files['master-cloud-init.yaml']).toContain('MASTER_ADDRESS=10.0.0.5');
  });

  test('gets long files packed, for the sake of the limit', () => {
    const { write_files: files } = parse(
      plan({}, { 'micado-master.sh': 'x'.repeat(2_000) })['master-cloud-init.yaml'],
    );
    const program = files.find(({ path }) => path === '/usr/local/sbin/micado-master');
    expect(program).toMatchObject({ encoding: 'gz+b64', content: 'packed 2000', permissions: '0755' });
  });
});

describe('a worker', () => {
  test('gets nothing of the credentials', () => {
    expect(plan()['worker-cloud-init.yaml']).not.toMatch(/AKIA|hunter2/);
  });

  test('boots with its pool, its VM and the way to the master, as Occopus fills them in', () => {
    const text = plan()['worker-cloud-init.yaml'];
    expect(text).toContain('"micado.pool=worker"');
    expect(text).toContain('"micado.vm={{ node_id }}"');
    expect(text).toContain('MASTER_ADDRESS={{ variables.master_host_ip }}\n');
    expect(text).toContain('JOIN_TOKEN={{ variables.worker_join_token }}\n');
  });

  test('has its cloud-init in the node definition, to the letter', () => {
    const files = plan();
    const definition = z
      .record(
        z.string(),
        z.array(z.object({ contextualisation: z.object({ context_template: z.string() }) })),
      )
      .parse(load(files['node_definition.yaml']))['node_def:worker'];
    expect(definition?.[0]?.contextualisation.context_template).toBe(files['worker-cloud-init.yaml']);
  });
});

describe('every VM', () => {
  test.each(['master-cloud-init.yaml', 'worker-cloud-init.yaml'] as const)(
    'of %s guards the metadata before anything else, takes security updates, and opens no engine',
    (name) => {
      const { runcmd, packages } = parse(plan()[name]);
      expect(runcmd.slice(0, 2)).toEqual([
        ['systemctl', 'daemon-reload'],
        ['systemctl', 'enable', '--now', 'micado-metadata-guard.service'],
      ]);
      expect(packages).toContain('unattended-upgrades');
      expect(plan()[name]).not.toMatch(/tcp:\/\/|2375|777/);
    },
  );

  test('takes an address from user data as a text, whatever a shell would make of it', () => {
    const url = "https://x.example/$(id)'a";
    expect(plan({ release: { url, sha256: 'a' } })['worker-cloud-init.yaml']).toContain(
      "RELEASE_URL='https://x.example/$(id)'\\''a'\n",
    );
  });
});

test('the same input gives the same files', () => {
  expect(plan()).toEqual(plan());
});

test('a file that is too long for a cloud is named, with what is too much', () => {
  const sizes = cloudInitSizes(plan({}, { 'micado-join.sh': 'x'.repeat(MAX_USER_DATA_BYTES) }));
  expect(sizeProblems(sizes)).toEqual([
    expect.stringMatching(
      /^worker-cloud-init\.yaml would be \d+ bytes; clouds take 16384: shorten .* by \d+$/,
    ),
  ]);
  expect(sizeProblems(cloudInitSizes(plan()))).toEqual([]);
});
