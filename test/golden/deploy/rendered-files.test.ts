/** What `micado render` writes, byte by byte. What is packed is the templates as they are, and shown by its length. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readCloudScripts } from '../../../deploy/adapters/cloud-templates.ts';
import { renderPolicy } from '../../../deploy/core/cloud/cloud-policy.ts';
import { CLOUD_FILE, planCloudFiles } from '../../../deploy/core/cloud/plan-cloud-files.ts';
import { checkUserData } from '../../../deploy/core/user-data/check-user-data.ts';
import { ROOT } from '../../house/source-files.ts';

const FOLDER = join(ROOT, 'test/golden/deploy/ec2');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

async function render() {
  const { data } = checkUserData(read('in.yaml'));
  if (data === undefined) throw new Error('in.yaml is refused');
  const policy = renderPolicy(data.scaling, read('policy.yaml'));
  return planCloudFiles({
    data,
    policy: policy.ok ? policy.text : '',
    joinToken: 'SWMTKN-1-abc-def',
    scripts: await readCloudScripts(join(ROOT, 'templates')),
    pack: ({ length }) => `${length} characters`,
  });
}

describe('the rendered files for ec2', () => {
  test.each(Object.values(CLOUD_FILE))('%s is byte by byte what it was', async (name) => {
    const text = (await render())[name];
    if (process.env['GOLDEN_UPDATE'] === '1') {
      mkdirSync(join(FOLDER, 'out'), { recursive: true });
      writeFileSync(join(FOLDER, 'out', name), text);
    }
    expect(text).toBe(read(`out/${name}`));
  });
});
