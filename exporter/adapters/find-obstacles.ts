/** What this process may not see although it will want to, each with its cure: told at the start, when somebody looks. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { DockerHost } from '../../internal/docker/docker-host.ts';
import { parseCgroupMounts } from '../core/cgroup-mounts.ts';

export type Obstacle = { readonly what: string; readonly why: string; readonly cure: string };

export type ObstacleOptions = {
  readonly host: DockerHost;
  readonly procfs: string;
  readonly cgroup: string;
};

export function findObstacles({ host, procfs, cgroup }: ObstacleOptions): readonly Obstacle[] {
  const found = [findAtSocket(host), findInProcfs(procfs), findInCgroups(procfs, cgroup)];
  return found.filter((one) => one !== undefined);
}

/** Connecting to a unix socket wants the right to write to it, whatever is asked then. */
function findAtSocket(host: DockerHost): Obstacle | undefined {
  if (host.kind !== 'socket') return undefined;
  const { socketPath } = host;
  const why = failure(() => accessSync(socketPath, constants.R_OK | constants.W_OK));
  if (why === undefined) return undefined;
  const group = why === 'ENOENT' ? undefined : groupOf(socketPath);
  const cure =
    group === undefined
      ? 'mount the engine’s socket there, or name another with --docker.host'
      : `run with the group ${group} (--group-add ${group}), or through a proxy that lets GET pass`;
  return { what: socketPath, why, cure };
}

function findInProcfs(procfs: string): Obstacle | undefined {
  const what = join(procfs, '1/cgroup');
  const why = failure(() => readFileSync(what));
  const cure =
    'mount procfs without hidepid, or run with the group of its option gid; in a container with --pid host';
  return why === undefined ? undefined : { what, why, cure };
}

function findInCgroups(procfs: string, cgroup: string): Obstacle | undefined {
  const what = cgroup;
  const cure = 'mount the machine’s /sys/fs/cgroup there, or name it with --path.cgroup';
  let mountinfo = '';
  const why = failure(() => {
    mountinfo = readFileSync(join(procfs, 'self/mountinfo'), 'utf8');
    accessSync(cgroup, constants.R_OK | constants.X_OK);
  });
  if (why !== undefined) return { what, why, cure };
  const seen = parseCgroupMounts(mountinfo, cgroup).some(({ folder }) => existsSync(folder));
  return seen ? undefined : { what, why: 'no cgroups in it', cure };
}

/** The code of the system error that `act` gives. */
function failure(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code;
  }
}

function groupOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.gid;
}
