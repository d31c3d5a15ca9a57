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

async function render(cloud: (typeof CLOUD_NAMES)[number], min: number, max: number) {
  await runInit({ cloud, outFolder: folder }, { templatesFolder });
  const userDataFile = join(folder, 'user_data.yaml');
  const text = fillIn(readFileSync(userDataFile, 'utf8'));
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

describe('the node definition', () => {
  test.each(CLOUD_NAMES.filter((cloud) => cloud !== 'custom'))(
    'for %s is what Occopus imports',
    async (cloud) => {
      const read = await render(cloud, 1, 2);
      expect(importNodeDefinition(read('node_definition.yaml'))).toBe('Successfully imported nodes: worker');
    },
  );

  test('is refused where a key is unknown or missing', async () => {
    const text = (await render('ec2', 1, 2))('node_definition.yaml').replace('image_id:', 'image:');
    expect(importNodeDefinition(text)).toBe(
      '[SchemaCheck] ERROR: Missing key(s): image_id; Unknown key(s): image',
    );
  });
});
