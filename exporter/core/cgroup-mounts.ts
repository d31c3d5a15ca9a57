/**
 * Which kind of cgroup holds a controller is asked of each controller by itself: a hybrid machine has version 1 for all
 * that counts, and beside it a version 2 tree (`unified`) with hardly a controller in it.
 */
export const CONTROLLERS = ['cpuacct', 'cpu', 'memory', 'blkio', 'pids', 'unified'] as const;
/** `unified` is none, but the version 2 tree itself: some files are there whichever controllers are. */
export type Controller = (typeof CONTROLLERS)[number];

export type CgroupMount = {
  readonly version: 1 | 2;
  /** The folder in which the tree, or a part of it, can be seen. */
  readonly folder: string;
  /** The cgroup that the folder shows: `/` unless it is a part only. */
  readonly root: string;
  readonly controllers: readonly string[];
};

const USUAL_FOLDER = '/sys/fs/cgroup';

/**
 * The cgroup mounts in a process' `mountinfo`. Where some lie in `cgroupFolder` they are the ones meant (the host's, seen
 * from a container); else those at the usual place are taken to be there.
 */
export function parseCgroupMounts(mountinfo: string, cgroupFolder: string): readonly CgroupMount[] {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  const within = mounts.filter(({ folder }) => isWithin(folder, cgroupFolder));
  if (within.length > 0) return within;
  return mounts
    .filter(({ folder }) => isWithin(folder, USUAL_FOLDER))
    .map((mount) => ({ ...mount, folder: `${cgroupFolder}${mount.folder.slice(USUAL_FOLDER.length)}` }));
}

/** The mount that has the controller, and with it the version that holds for it. */
export function mountOf(controller: Controller, mounts: readonly CgroupMount[]): CgroupMount | undefined {
  const holders = mounts.filter(
    ({ version, controllers }) => version === 1 && controllers.includes(controller),
  );
  const candidates = holders.length > 0 ? holders : mounts.filter(({ version }) => version === 2);
  return candidates.find(({ root }) => root === '/') ?? candidates[0];
}

/** `31 23 0:28 <root> <folder> <options> [optional…] - <type> <source> <super options>` */
function parseMount(line: string): CgroupMount[] {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root = '', folder = ''] = left.split(' ');
  const [type, , options = ''] = right.split(' ');
  if (folder === '' || (type !== 'cgroup' && type !== 'cgroup2')) return [];
  const version = type === 'cgroup2' ? 2 : 1;
  return [
    { version, root: unescapePath(root), folder: unescapePath(folder), controllers: options.split(',') },
  ];
}

/** The kernel writes blanks and the like in a path as octal numbers. */
const unescapePath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function isWithin(path: string, folder: string): boolean {
  const parent = folder.replace(/\/+$/, '');
  return path === parent || path.startsWith(`${parent}/`);
}
