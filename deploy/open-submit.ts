/** Whom `micado submit` talks to: the Swarm of this master, and the Occopus beside it. */
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { createContainerTools } from './adapters/container-tools.ts';
import { createOccopusIntake } from './adapters/occopus-intake.ts';
import { readSwarmEntry } from './adapters/swarm-entry.ts';
import type { SubmitParts } from './submit.ts';

export type SubmitAddresses = {
  readonly dockerHost: string;
  readonly dockerCertFolder: string | undefined;
  /** Empty: where its container is. */
  readonly occopusUrl: string;
  readonly occopusContainer: string;
  readonly buildTimeoutMs: number;
  readonly authDataFile: string;
};

export function openSubmit(addresses: SubmitAddresses, signal: AbortSignal): SubmitParts {
  const host = parseDockerHost(addresses.dockerHost, addresses.dockerCertFolder);
  const docker = createDockerClient(host);
  const { occopusUrl: url, buildTimeoutMs, authDataFile } = addresses;
  const tools = createContainerTools(host, addresses.occopusContainer);
  return {
    occopus: createOccopusIntake({ tools, url, buildTimeoutMs, authDataFile, signal }),
    swarmEntry: () => readSwarmEntry(docker),
  };
}
