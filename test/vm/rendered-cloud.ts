/** What a person does before there is a cluster: fills in the user data of a cloud, and has everything else made of it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { CLOUD_FILE } from '../../deploy/core/cloud/plan-cloud-files.ts';
import { runInit } from '../../deploy/init.ts';
import { runRender } from '../../deploy/render.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { fillIn } from '../contract/deploy/filled-user-data.ts';
import { bootText } from '../real/support/debian-cloud-init.ts';

export type CloudFacts = {
  readonly masterAddress: string;
  readonly joinToken: string;
  readonly release: { readonly url: string; readonly sha256: string };
};

export type RenderedCloud = {
  readonly policyFile: string;
  /** The nodes of the infrastructure, with their bounds. */
  readonly nodes: readonly { readonly name: string; readonly min: number; readonly max: number }[];
  /** What Occopus gives a VM of this id to boot with. */
  userData(vmId: string): Promise<string>;
};

const infrastructure = z.object({
  nodes: z.array(z.object({ name: z.string(), scaling: z.object({ min: z.number(), max: z.number() }) })),
  variables: z.record(z.string(), z.string()),
});

/** For one VM, no more and no less. */
export async function renderCloud(folder: string, facts: CloudFacts): Promise<RenderedCloud> {
  const templatesFolder = join(PROJECT_ROOT, 'templates');
  const userDataFile = join(folder, 'user_data.yaml');
  await mkdir(folder, { recursive: true });
  await runInit({ cloud: 'custom', outFolder: folder }, { templatesFolder });
  const example = fillIn(await readFile(userDataFile, 'utf8'));
  const { url, sha256 } = facts.release;
  await writeFile(
    userDataFile,
    `${example.replace('max: 10', 'max: 1')}\nrelease: { url: "${url}", sha256: ${sha256} }\n`,
  );
  const joinTokenFile = join(folder, 'join-token');
  await writeFile(joinTokenFile, facts.joinToken);
  const outFolder = join(folder, 'rendered');
  const { ok, text } = await runRender(
    { userDataFile, policyFile: '', masterAddress: facts.masterAddress, joinTokenFile, outFolder },
    { env: { CLOUD_PASSWORD: 'secret' }, templatesFolder },
  );
  if (!ok) throw new Error(text);
  const { nodes, variables } = infrastructure.parse(
    load(await readFile(join(outFolder, CLOUD_FILE.infrastructure), 'utf8')),
  );
  return {
    policyFile: join(outFolder, CLOUD_FILE.policy),
    nodes: nodes.map(({ name, scaling }) => ({ name, ...scaling })),
    userData: (vmId) => bootText(join(outFolder, CLOUD_FILE.nodeDefinition), { node_id: vmId, variables }),
  };
}
