/** Which Docker engine a stack gets: the one that answers, else one that we start, else a line that says why not. */

export type EngineProbe =
  | { readonly kind: 'answers'; readonly version: string; readonly apiVersion: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'silent'; readonly problem: string };

export type Rights = 'root' | 'sudo' | 'none';

export type MachineFacts = {
  readonly address: string;
  /** No other engine was asked for. */
  readonly isDefaultAddress: boolean;
  readonly hasDockerd: boolean;
  readonly hasApt: boolean;
  readonly hasSystemd: boolean;
  readonly rights: Rights;
};

export type EnginePlan =
  | { readonly kind: 'use'; readonly version: string }
  | { readonly kind: 'start'; readonly by: 'systemd' | 'us'; readonly install: boolean }
  | { readonly kind: 'refuse'; readonly message: string };

const NEEDED = 'micado needs a Docker engine (20.10 or newer)';

export function planEngine(probe: EngineProbe, facts: MachineFacts): EnginePlan {
  const { address, rights } = facts;
  if (probe.kind === 'answers')
    return isTooOld(probe.apiVersion)
      ? refuse(`${NEEDED}; the one at ${address} is ${probe.version}`)
      : { kind: 'use', version: probe.version };
  if (probe.kind === 'forbidden')
    return refuse(
      `no right to use the Docker engine at ${address}: run as root, or join its group (sudo usermod -aG docker $USER, then log in again)`,
    );
  if (!facts.isDefaultAddress) return refuse(`no Docker engine answers at ${address}: ${probe.problem}`);
  if (!facts.hasDockerd && !facts.hasApt)
    return refuse(
      `${NEEDED}, and can install it by itself only on Debian and Ubuntu: see https://docs.docker.com/engine/install/`,
    );
  if (rights === 'none')
    return refuse(
      `${NEEDED}; to ${facts.hasDockerd ? 'start' : 'install'} one it needs root: run as root, or install sudo`,
    );
  return { kind: 'start', by: facts.hasSystemd ? 'systemd' : 'us', install: !facts.hasDockerd };
}

/** Engines before 20.10 do not count a service's running tasks in their list (API 1.41). */
function isTooOld(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major < 1 || (major === 1 && minor < 41);
}

const refuse = (message: string): EnginePlan => ({ kind: 'refuse', message });

/** By this argument an engine of ours is known from any other. */
export const dataRootFlag = (engineFolder: string): string => `--data-root=${engineFolder}/data`;

/** Longest path of a Unix socket, less what containerd puts below its folder. */
const LONGEST_EXEC_ROOT = 107 - '/containerd/containerd.sock.ttrpc'.length;

/** dockerd's command line for an engine whose data lies in the state folder. */
export function engineCommand(options: {
  readonly engineFolder: string;
  readonly stackId: string;
  readonly address: string;
  /** The group that may use the socket, where that is not root's. */
  readonly groupId: number | undefined;
}): readonly string[] {
  const { engineFolder, stackId, address, groupId } = options;
  return [
    'dockerd',
    dataRootFlag(engineFolder),
    `--exec-root=${execRoot(engineFolder, stackId)}`,
    `--pidfile=${engineFolder}/docker.pid`,
    `--host=${address}`,
    ...(groupId === undefined ? [] : [`--group=${groupId}`]),
  ];
}

/** Sockets lie below it: a state folder with a long path has it in /run instead. */
export function execRoot(engineFolder: string, stackId: string): string {
  const inFolder = `${engineFolder}/exec`;
  return inFolder.length <= LONGEST_EXEC_ROOT ? inFolder : `/run/micado-${stackId.slice(0, 8)}`;
}
