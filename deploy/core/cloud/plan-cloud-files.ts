/** All files that one file of user data becomes, and whether a cloud takes them: its user data is at most 16 KiB. */
import type { UserData } from '../user-data/user-data.ts';
import type { PackText } from './cloud-init.ts';
import type { CloudScripts } from './cloud-scripts.ts';
import { renderMasterCloudInit } from './master-cloud-init.ts';
import { renderAuthData, renderInfrastructure, renderNodeDefinition } from './occopus-descriptors.ts';
import { renderWorkerCloudInit } from './worker-cloud-init.ts';

export const MAX_USER_DATA_BYTES = 16_384;
/** What the boot variables of a worker may add. */
const VARIABLES_BYTES = 256;

export const CLOUD_FILE = {
  masterCloudInit: 'master-cloud-init.yaml',
  workerCloudInit: 'worker-cloud-init.yaml',
  authData: 'auth_data.yaml',
  nodeDefinition: 'node_definition.yaml',
  infrastructure: 'infrastructure.yaml',
  policy: 'policy.yaml',
} as const;

export type CloudFileName = (typeof CLOUD_FILE)[keyof typeof CLOUD_FILE];
export type CloudFiles = Readonly<Record<CloudFileName, string>>;

export type CloudInputs = {
  /** With its secrets in their places. */
  readonly data: UserData;
  readonly policy: string;
  readonly joinToken: string | undefined;
  readonly scripts: CloudScripts;
  readonly pack: PackText;
};

export function planCloudFiles({ data, policy, joinToken, scripts, pack }: CloudInputs): CloudFiles {
  const workerCloudInit = renderWorkerCloudInit(data, scripts);
  const authData = renderAuthData(data);
  const nodeDefinition = renderNodeDefinition(data, workerCloudInit);
  const infrastructure = renderInfrastructure(data, { masterAddress: data.masterAddress, joinToken });
  // The master adds the variables by itself when it submits.
  const bare = renderInfrastructure(data, { masterAddress: undefined, joinToken: undefined });
  const master = { authData, nodeDefinition, infrastructure: bare, policy };
  return {
    [CLOUD_FILE.masterCloudInit]: renderMasterCloudInit(data, master, scripts, pack),
    [CLOUD_FILE.workerCloudInit]: workerCloudInit,
    [CLOUD_FILE.authData]: authData,
    [CLOUD_FILE.nodeDefinition]: nodeDefinition,
    [CLOUD_FILE.infrastructure]: infrastructure,
    [CLOUD_FILE.policy]: policy,
  };
}

export type CloudInitSize = { readonly file: CloudFileName; readonly bytes: number };

/** As a cloud counts them when the VM boots. */
export function cloudInitSizes(files: CloudFiles): readonly CloudInitSize[] {
  const bytesOf = (file: CloudFileName): number => new TextEncoder().encode(files[file]).length;
  return [
    { file: CLOUD_FILE.masterCloudInit, bytes: bytesOf(CLOUD_FILE.masterCloudInit) },
    { file: CLOUD_FILE.workerCloudInit, bytes: bytesOf(CLOUD_FILE.workerCloudInit) + VARIABLES_BYTES },
  ];
}

export const sizeProblems = (sizes: readonly CloudInitSize[]): readonly string[] =>
  sizes
    .filter(({ bytes }) => bytes > MAX_USER_DATA_BYTES)
    .map(
      ({ file, bytes }) =>
        `${file} would be ${bytes} bytes; clouds take ${MAX_USER_DATA_BYTES}: shorten the policy or the resource by ${bytes - MAX_USER_DATA_BYTES}`,
    );
