/**
 * Where a container's cgroup is. Its first process says so (`/proc/<pid>/cgroup`); what counts is the part up to the
 * container's ID, for a container may have cgroups of its own within. The ID is also the proof that the process is the
 * container's, and not one that has got its number since.
 */
import { type CgroupMount, type Controller, mountOf } from './cgroup-mounts.ts';

/** The cgroup of a process in the tree of a version 1 controller, or (`''`) in version 2. */
export type ProcessCgroups = ReadonlyMap<string, string>;

/** Lines `4:memory:/docker/<id>`, `3:cpu,cpuacct:/…`, `0::/…`. */
export function parseProcessCgroups(text: string): ProcessCgroups {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    for (const controller of (match[1] ?? '').split(',')) paths.set(controller, match[2] ?? '');
  }
  return paths;
}

/** The process' cgroup cut behind the container's ID; undefined where the ID is not in it. */
export function containerCgroupPath(processPath: string, id: string): string | undefined {
  const parts = processPath.split('/');
  const index = parts.findIndex((part) => part.includes(id));
  return index < 0 || parts.includes('..') ? undefined : parts.slice(0, index + 1).join('/');
}

/**
 * Where Docker usually puts a container's cgroup: to be tried where the process does not say, as in an exporter that has
 * a cgroup name space of its own and so sees only `/../…`.
 */
export function usualCgroupPaths(id: string, cgroupParent: string): readonly string[] {
  const parent = cgroupParent.replace(/^\/+|\/+$/g, '');
  const parents = parent === '' ? ['docker'] : [parent, 'docker'];
  return [
    ...parents.map((name) => `/${name}/${id}`),
    ...[parent === '' ? 'system.slice' : parent].map((slice) => `/${slice}/docker-${id}.scope`),
  ];
}

export type CgroupFolder = { readonly version: 1 | 2; readonly folder: string };

/** The folder of a cgroup for a controller; undefined where no mount shows it. */
export function cgroupFolder(
  controller: Controller,
  path: string,
  mounts: readonly CgroupMount[],
): CgroupFolder | undefined {
  const mount = mountOf(controller, mounts);
  if (mount === undefined) return undefined;
  // A root with `..` is the whole tree, seen from a cgroup name space further down.
  const root = mount.root === '/' || mount.root.includes('..') ? '' : mount.root;
  if (root !== '' && path !== root && !path.startsWith(`${root}/`)) return undefined;
  const rest = path === '/' ? '' : path.slice(root.length);
  return { version: mount.version, folder: `${mount.folder}${rest}` };
}
