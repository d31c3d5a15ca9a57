/** Finds cgroups by `/proc/self/mountinfo` and `/proc/<pid>/cgroup`. */
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import { type CgroupMount, CONTROLLERS, parseCgroupMounts } from '../core/cgroup-mounts.ts';
import {
  type CgroupFolder,
  cgroupFolder,
  containerCgroupPath,
  parseProcessCgroups,
  usualCgroupPaths,
} from '../core/cgroup-path.ts';
import { type ContainerInfo, isOthersNetwork } from '../core/container-info.ts';
import type { CgroupLocation, CgroupLocator } from '../ports.ts';

export type LocatorPaths = {
  /** `--path.procfs` */
  readonly procfs: string;
  /** `--path.cgroup` */
  readonly cgroup: string;
  /** `--machine.cgroup` */
  readonly machineCgroup: string;
};

export function createProcfsCgroupLocator({ procfs, cgroup, machineCgroup }: LocatorPaths): CgroupLocator {
  let known: readonly CgroupMount[] = [];
  const mounts = (): readonly CgroupMount[] => {
    if (known.length === 0) known = parseCgroupMounts(readText(join(procfs, 'self/mountinfo')), cgroup);
    return known;
  };

  return {
    container(info) {
      const processFolder = join(procfs, String(info.pid));
      const processCgroups = parseProcessCgroups(readText(join(processFolder, 'cgroup')));
      const said = [...processCgroups.values()].some((path) => path.includes(info.id));
      const folders: Partial<Record<string, CgroupFolder>> = {};
      let shownPath: string | undefined;
      for (const controller of CONTROLLERS) {
        const path = processCgroups.get(controller) ?? processCgroups.get('') ?? '';
        const cut = containerCgroupPath(path, info.id);
        const candidates = cut === undefined ? usualCgroupPaths(info.id, info.cgroupParent) : [cut];
        const place = firstPresent(candidates, (one) => cgroupFolder(controller, one, mounts()));
        if (place === undefined) continue;
        folders[controller] = place.found;
        shownPath ??= place.candidate;
      }
      if (shownPath === undefined) return undefined;
      return {
        path: shownPath,
        folders,
        processFolder: said ? processFolder : undefined,
        foreignNetwork: usesOthersNetwork(info, procfs),
      };
    },
    machine(): CgroupLocation | undefined {
      const folders: Partial<Record<string, CgroupFolder>> = {};
      for (const controller of CONTROLLERS) {
        const place = firstPresent([machineCgroup], (one) => cgroupFolder(controller, one, mounts()));
        if (place !== undefined) folders[controller] = place.found;
      }
      if (Object.keys(folders).length === 0) return undefined;
      return { path: '/', folders, processFolder: undefined, foreignNetwork: true };
    },
  };
}

function firstPresent(
  candidates: readonly string[],
  folderOf: (candidate: string) => CgroupFolder | undefined,
): { readonly candidate: string; readonly found: CgroupFolder } | undefined {
  for (const candidate of candidates) {
    const found = folderOf(candidate);
    if (found !== undefined && existsSync(found.folder)) return { candidate, found };
  }
  return undefined;
}

/** By the engine's word, or by its network name space being that of the machine's first process. */
function usesOthersNetwork({ networkMode, pid }: ContainerInfo, procfs: string): boolean {
  if (isOthersNetwork(networkMode)) return true;
  const [own, first] = [pid, 1].map((process) => networkOf(join(procfs, String(process))));
  return own !== undefined && own === first;
}

/** Only root may follow the link, but anybody sees that each network name space has a `net/dev` file of its own. */
function networkOf(processFolder: string): string | undefined {
  const link = readLink(join(processFolder, 'ns/net'));
  if (link !== undefined) return link;
  const stat = statSync(join(processFolder, 'net/dev'), { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // The process is gone, or belongs to somebody whom we may not look at: it says nothing.
    if (systemErrorCode(error) === undefined) throw error;
    return '';
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
