/** `micado up --cloud=user_data.yaml`, on a master: renders what Occopus reads, puts it in its place, and submits it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { writeFileAtomically } from '../internal/daemon/atomic-file.ts';
import { describeFindings } from './check.ts';
import { prepareCloud } from './cloud-inputs.ts';
import type { MasterLayout } from './core/cloud/master-layout.ts';
import { CLOUD_FILE, type CloudFiles } from './core/cloud/plan-cloud-files.ts';
import type { Surroundings } from './ports.ts';
import { runSubmit, type SubmitOptions, type SubmitParts } from './submit.ts';

const SECRET = 0o600;
const SECRET_FOLDER = 0o700;

type Around = Pick<Surroundings, 'env' | 'templatesFolder' | 'reporter' | 'clock' | 'signal'>;

/** Whether it was submitted: with an error in the user data nothing is written, and nobody is asked for anything. */
export async function runUpCloud(
  { userDataFile, ...options }: SubmitOptions & { readonly userDataFile: string },
  parts: SubmitParts,
  around: Around,
): Promise<boolean> {
  const prepared = await prepareCloud(
    { userDataFile, policyFile: '', missingSecret: 'error', masterAddress: undefined, joinToken: undefined },
    around,
  );
  const { reporter } = around;
  const findings = describeFindings(prepared);
  if (findings !== '') reporter.say(findings.trimEnd());
  if (prepared.result === undefined) {
    reporter.say('nothing was written');
    return false;
  }
  const { files } = prepared.result;
  await reporter.step('render', async () => {
    await writeMasterFiles(options.layout, files);
    return { value: undefined, done: `${userDataFile} to ${options.layout.folder}` };
  });
  await runSubmit(options, parts, around);
  return true;
}

/** Each file by itself: Occopus' container has their folder mounted. */
async function writeMasterFiles(layout: MasterLayout, files: CloudFiles): Promise<void> {
  await mkdir(layout.occopusFolder, { recursive: true, mode: SECRET_FOLDER });
  await writeFileAtomically(layout.authData, files[CLOUD_FILE.authData], SECRET);
  await writeFileAtomically(layout.nodeDefinition, files[CLOUD_FILE.nodeDefinition], SECRET);
  await writeFileAtomically(layout.infrastructure, files[CLOUD_FILE.infrastructure], SECRET);
  // The same file as before, and not a new one in its place: that is what rulegen's container has mounted.
  await writeFile(layout.policy, files[CLOUD_FILE.policy]);
}
