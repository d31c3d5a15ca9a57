/** One file of user data: its bounds reach the rules by way of the policy, and the VMs by way of Occopus. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { WORKER_INFRA } from '../../../deploy/core/cloud/occopus-descriptors.ts';
import { CLOUD_NAMES } from '../../../deploy/core/user-data/clouds.ts';
import { runInit } from '../../../deploy/init.ts';
import { runRender } from '../../../deploy/render.ts';
import { parseOccopusReport } from '../../../internal/contract/occopus.ts';
import { parsePolicy } from '../../../rulegen/core/parse-policy.ts';
import { eventually } from '../../eventually.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryHypervisor } from '../../fakes/memory-hypervisor.ts';
import { judgeAuthData } from '../../fakes/occopus-auth-data.ts';
import { parseOccopusDescriptor } from '../../fakes/occopus-descriptor.ts';
import { importNodeDefinition } from '../../fakes/occopus-node-definition.ts';
import { startOccopusServer } from '../../fakes/occopus-server.ts';
import { ROOT } from '../../house/source-files.ts';
import { fillIn } from './filled-user-data.ts';

const templatesFolder = join(ROOT, 'templates');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-bounds-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function render(
  cloud: (typeof CLOUD_NAMES)[number],
  min: number,
  max: number,
  edit: (userData: string) => string = (userData) => userData,
) {
  await runInit({ cloud, outFolder: folder }, { templatesFolder });
  const userDataFile = join(folder, 'user_data.yaml');
  const text = edit(fillIn(readFileSync(userDataFile, 'utf8')));
  writeFileSync(userDataFile, text.replace('min: 1\n  max: 10', `min: ${min}\n  max: ${max}`));
  const outFolder = join(folder, 'rendered');
  const { ok } = await runRender(
    { userDataFile, policyFile: '', masterAddress: undefined, joinTokenFile: '', outFolder },
    { env: new Proxy({}, { get: () => 'secret' }), templatesFolder },
  );
  expect(ok).toBe(true);
  return (name: string): string => readFileSync(join(outFolder, name), 'utf8');
}

/** What Occopus reports once it maintains the infrastructure. */
async function boundsInOccopus(descriptor: string) {
  const clock = createManualClock();
  await using occopus = await startOccopusServer({
    version: '1.10',
    clock,
    hypervisor: createMemoryHypervisor(clock, 0),
  });
  const answer = await fetch(`${occopus.url}/infrastructures/`, { method: 'POST', body: descriptor });
  const { infraid } = z.object({ infraid: z.string() }).parse(await answer.json());
  return await eventually('the first VM is listed', async () => {
    const report = await fetch(`${occopus.url}/infrastructures/${infraid}`);
    return parseOccopusReport(await report.json())?.get('worker')?.scaling;
  });
}

describe.each([
  [1, 10],
  [2, 7],
  [3, 3],
])('user data with min %i and max %i', (min, max) => {
  test('give rulegen a policy with these bounds, and Occopus a descriptor with the same', async () => {
    const read = await render('ec2', min, max);
    const parsed = parsePolicy(load(read('policy.yaml')));
    expect(parsed.ok && parsed.policy.workers).toMatchObject([
      { name: 'worker', infra: WORKER_INFRA, min, max, up: { threshold: 60 }, down: { threshold: 20 } },
    ]);
    expect(await boundsInOccopus(read('infrastructure.yaml'))).toMatchObject({ min, max });
  });
});

type Read = Awaited<ReturnType<typeof render>>;

const definition = z.object({
  'node_def:worker': z.tuple([z.looseObject({ resource: z.record(z.string(), z.unknown()) })]),
});
const resourceIn = (read: Read) =>
  definition.parse(load(read('node_definition.yaml')))['node_def:worker'][0].resource;
const judgeLogin = (read: Read): string => judgeAuthData(read('auth_data.yaml'), resourceIn(read));

describe('what is rendered', () => {
  test.each(CLOUD_NAMES.filter((cloud) => cloud !== 'custom'))(
    'for %s is what Occopus takes',
    async (cloud) => {
      const read = await render(cloud, 1, 2);
      expect(importNodeDefinition(read('node_definition.yaml'))).toBe('Successfully imported nodes: worker');
      expect(judgeLogin(read)).toBe('');
      expect(parseOccopusDescriptor(read('infrastructure.yaml'))).toMatchObject({
        ok: true,
        descriptor: { nodes: [{ name: 'worker', type: 'worker', scaling: { min: 1, max: 2 } }] },
      });
    },
  );

  test('for nova is what Occopus takes with a password, too', async () => {
    const password = 'username: ops\n  password: { from_env: OS_PASSWORD }';
    const read = await render('nova', 1, 2, (text) => text.replace(/id: .*\n {2}secret: .*/, password));
    expect(read('auth_data.yaml')).toContain('username: ops');
    expect(judgeLogin(read)).toBe('');
  });

  test('for nova without its project is what Occopus 1.5 takes, and 1.10 does not', async () => {
    const read = await render('nova', 1, 2, (text) => text.replace(/ {2}project_id: .*\n/, ''));
    const text = read('node_definition.yaml');
    expect(importNodeDefinition(text, '1.5')).toBe('Successfully imported nodes: worker');
    expect(importNodeDefinition(text, '1.10')).toBe('[SchemaCheck] ERROR: Missing key(s): project_id');
  });

  test('for a plug-in that nobody here knows is an infrastructure all the same', async () => {
    const read = await render('custom', 1, 2);
    expect(parseOccopusDescriptor(read('infrastructure.yaml'))).toMatchObject({ ok: true });
  });
});

describe('credentials', () => {
  const of = (...entries: readonly object[]): string => JSON.stringify({ resource: entries });
  const ec2 = { type: 'ec2', auth_data: { accesskey: 'a', secretkey: 's' } };

  test.each([
    ['of another cloud', of({ ...ec2, type: 'nova' }), 'Cannot find credentials for ec2'],
    ['that stand twice', of(ec2, ec2), 'Cannot determine authorization information'],
    [
      'that lack a key',
      of({ type: 'ec2', auth_data: { accesskey: 'a' } }),
      'Cannot log in to ec2 by accesskey',
    ],
    [
      'that name their type',
      of({ type: 'ec2', auth_data: { ...ec2.auth_data, type: 'ec2' } }),
      'Cannot log in to ec2 by accesskey, secretkey, type',
    ],
    [
      'that are none',
      of({ type: 'ec2', auth_data: { accesskey: 'a', secretkey: null } }),
      'No text: secretkey',
    ],
  ])('%s are refused', (_, text, problem) => {
    expect(judgeAuthData(text, { type: 'ec2' })).toBe(problem);
  });
});

describe('the infrastructure', () => {
  test.each([
    ['infra_name: micado-worker-infra', 'infra_name: micado_worker_infra'],
    ['      min: 1', '      min: "1"'],
    ['user_id:', 'user:'],
    ['    type: worker', '    kind: worker'],
  ])('is refused with another text than %j', async (from, to) => {
    const text = (await render('ec2', 1, 2))('infrastructure.yaml');
    expect(text).toContain(from);
    expect(parseOccopusDescriptor(text.replace(from, to)).ok).toBe(false);
  });
});

describe('the node definition', () => {
  test('is refused where a key is unknown or missing', async () => {
    const text = (await render('ec2', 1, 2))('node_definition.yaml').replace('image_id:', 'image:');
    expect(importNodeDefinition(text)).toBe(
      '[SchemaCheck] ERROR: Missing key(s): image_id; Unknown key(s): image',
    );
  });
});
