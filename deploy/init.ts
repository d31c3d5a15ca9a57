/** `micado init --cloud=…`: the files to begin with. What is there already is never touched. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../internal/daemon/atomic-file.ts';
import { readPolicyExample, readUserDataExample } from './adapters/cloud-templates.ts';
import { quoteForShell } from './core/plan-policy.ts';
import type { CloudName } from './core/user-data/clouds.ts';

/** Somebody will write a password there. */
const PRIVATE = 0o600;

export async function runInit(
  { cloud, outFolder }: { readonly cloud: CloudName; readonly outFolder: string },
  { templatesFolder }: { readonly templatesFolder: string },
): Promise<string> {
  const userDataFile = join(outFolder, 'user_data.yaml');
  const policyFile = join(outFolder, 'policy.yaml');
  const present = [userDataFile, policyFile].filter((file) => existsSync(file));
  if (present.length > 0)
    throw new AppError(
      'conflict',
      `there already: ${present.join(', ')}; nothing was written: choose another --out`,
    );
  await mkdir(outFolder, { recursive: true });
  const userData = await readUserDataExample(templatesFolder, cloud);
  await writeFileAtomically(userDataFile, userData, PRIVATE);
  await writeFileAtomically(policyFile, await readPolicyExample(templatesFolder));
  return `wrote ${userDataFile}: fill in what is written as YOUR_…
wrote ${policyFile}
then: micado check ${quoteForShell(userDataFile)}
`;
}
