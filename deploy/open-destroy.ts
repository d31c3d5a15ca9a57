/** Finds whom `micado destroy` talks to: those who are named, else the stack that runs in the state folder. */
import { resolve } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { createCommandVmProvider } from './adapters/command-vm-provider.ts';
import { createExecutorApi } from './adapters/executor-api.ts';
import { createNoneVmProvider } from './adapters/none-vm-provider.ts';
import { createOccopusVmProvider } from './adapters/occopus-vm-provider.ts';
import { readStackFile } from './adapters/stack-file.ts';
import { readState } from './adapters/state-file.ts';
import { createSwarmWorkers } from './adapters/swarm-workers.ts';
import type { ChosenProvider } from './core/plan-provider.ts';
import { layOutStack } from './core/stack-layout.ts';
import type { DestroyParts } from './destroy.ts';
import { type ExecutorChoice, executorOf, namedExecutor } from './find-executor.ts';
import type { VmProvider } from './ports.ts';

export type DestroyAddresses = ExecutorChoice & {
  /** Empty: those of the state folder. */
  readonly dockerHost: string;
  readonly occopusUrl: string;
  readonly dockerCertFolder: string | undefined;
};

export async function openDestroy(addresses: DestroyAddresses): Promise<DestroyParts> {
  const layout = layOutStack(resolve(addresses.stateDir));
  const [stack, state] = await Promise.all([readStackFile(layout.stackFile), readState(layout.stateFile)]);
  const { occopusUrl: url } = addresses;
  const provider: ChosenProvider | undefined = url === '' ? stack?.provider : { kind: 'occopus', url };
  if (provider === undefined)
    throw new AppError('invalid', '--occopus.url is required: no running stack says who runs the VMs');
  const executor = namedExecutor(addresses) ?? (stack === undefined ? undefined : executorOf(stack));
  if (executor?.tokenFile === '')
    throw new AppError('invalid', '--executor.url needs --executor.token-file: the pools are paused there');
  const dockerHost = addresses.dockerHost || (state?.dockerHost ?? DEFAULT_DOCKER_HOST);
  return {
    provider: openVmProvider(provider),
    swarm: createSwarmWorkers(createDockerClient(parseDockerHost(dockerHost, addresses.dockerCertFolder))),
    executor: executor === undefined ? undefined : createExecutorApi(executor),
  };
}

function openVmProvider(provider: ChosenProvider): VmProvider {
  switch (provider.kind) {
    case 'none':
      return createNoneVmProvider();
    case 'occopus':
      return createOccopusVmProvider(provider.url);
    case 'command':
      return createCommandVmProvider(provider);
  }
}
