/** The files of `templates/cloud`: what goes on VMs as it is, and the examples that `micado init` writes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLOUD_SCRIPTS, type CloudScriptName, type CloudScripts } from '../core/cloud/cloud-scripts.ts';
import type { CloudName } from '../core/user-data/clouds.ts';

export async function readCloudScripts(templatesFolder: string): Promise<CloudScripts> {
  const read = async (name: CloudScriptName): Promise<readonly [CloudScriptName, string]> => [
    name,
    await readFile(join(templatesFolder, 'cloud', name), 'utf8'),
  ];
  return Object.fromEntries(await Promise.all(CLOUD_SCRIPTS.map(read))) as CloudScripts;
}

export const readUserDataExample = (templatesFolder: string, cloud: CloudName): Promise<string> =>
  readFile(join(templatesFolder, 'cloud/user-data', `${cloud}.yaml`), 'utf8');

export const readPolicyExample = (templatesFolder: string): Promise<string> =>
  readFile(join(templatesFolder, 'cloud/policy.yaml'), 'utf8');
