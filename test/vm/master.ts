/** What beside the engine is on the master of a cloud: who labels the nodes of workers, and the cloud's metadata. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, toolEnvironment } from '../cluster/command.ts';
import type { Engine } from '../cluster/engine.ts';
import { findBusybox } from '../cluster/images.ts';
import { sendSignal } from '../cluster/processes.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { eventually } from '../eventually.ts';

const LABELLER = join(PROJECT_ROOT, 'templates/cloud/micado-label-nodes.sh');

/** Until the result is disposed of, or the engine ends. */
export async function labelNodes(master: Engine): Promise<AsyncDisposable> {
  const child = spawn('sh', [LABELLER], {
    detached: true,
    stdio: 'ignore',
    env: { ...toolEnvironment(), DOCKER_HOST: master.dockerHost },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('there is no sh');
  return {
    async [Symbol.asyncDispose]() {
      // The group: the shell and what it has just started.
      sendSignal(-pid, 'SIGKILL');
      await eventually('the labeller has ended', () => child.exitCode !== null || child.signalCode !== null);
    },
  };
}

/** Where clouds answer with the user data of whoever asks. */
export const METADATA_ADDRESS = '169.254.169.254';

/** In the master's namespace, and so to its end. Who is to reach it needs a route by way of the master. */
export async function serveMetadata(master: Engine): Promise<void> {
  const pages = join(master.folder, 'metadata');
  await mkdir(pages);
  await writeFile(join(pages, 'user-data'), 'the join token');
  await run('ip', [
    '-n',
    basename(master.namespace),
    'address',
    'add',
    `${METADATA_ADDRESS}/32`,
    'dev',
    'lo',
  ]);
  const httpd = [await findBusybox(), 'httpd', '-p', `${METADATA_ADDRESS}:80`, '-h', pages];
  await run('nsenter', [`--net=${master.namespace}`, ...httpd]);
}
