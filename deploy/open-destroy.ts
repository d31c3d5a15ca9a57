/** Finds whom `micado destroy` talks to: the stack that runs in the state folder, its engine and its Occopus. */
import { resolve } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { createExecutorApi } from './adapters/executor-api.ts';
import { createOccopusApi } from './adapters/occopus-api.ts';
import { readStackFile } from './adapters/stack-file.ts';
import { readState } from './adapters/state-file.ts';
import { createSwarmWorkers } from './adapters/swarm-workers.ts';
import { layOutStack } from './core/stack-layout.ts';
import type { DestroyParts } from './destroy.ts';

export type DestroyAddresses = {
  readonly stateDir: string;
  /** Empty: those of the state folder. */
  readonly dockerHost: string;
  readonly occopusUrl: string;
  readonly dockerCertFolder: string | undefined;
};

export async function openDestroy(addresses: DestroyAddresses): Promise<DestroyParts> {
  const layout = layOutStack(resolve(addresses.stateDir));
  const [stack, state] = await Promise.all([readStackFile(layout.stackFile), readState(layout.stateFile)]);
  const occopusUrl = addresses.occopusUrl || (stack?.occopusUrl ?? '');
  if (occopusUrl === '')
    throw new AppError('invalid', '--occopus.url is required: no running stack says where Occopus is');
  const dockerHost = addresses.dockerHost || (state?.dockerHost ?? DEFAULT_DOCKER_HOST);
  return {
    occopus: createOccopusApi(occopusUrl),
    swarm: createSwarmWorkers(createDockerClient(parseDockerHost(dockerHost, addresses.dockerCertFolder))),
    executor: stack === undefined ? undefined : createExecutorApi(stack.parts.executor.url, stack.tokenFile),
  };
}
