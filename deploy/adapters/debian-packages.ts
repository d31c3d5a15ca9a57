/** Debian's packages in two ways: unpacked into a folder of ours, which leaves the system alone, or installed by apt. */
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { describeFullDisk } from '../core/describe-full-disk.ts';
import { renderShareWrapper } from '../core/share-wrapper.ts';
import type { CommandRunner, Progress } from '../ports.ts';
import { downloadFromSuite } from './debian-suite.ts';

/** A package and the programs in it that we run. */
export type ToolPackage = {
  readonly name: string;
  /** Where this machine's own suite of Debian does not have it. */
  readonly suite?: string;
  /** What its programs import, unpacked into the same folder. */
  readonly libraries?: readonly string[];
  readonly programs: readonly string[];
  /** Programs that look for files of theirs below /usr/share. */
  readonly programsWithShare: readonly string[];
};

export const PROMETHEUS_PACKAGE: ToolPackage = {
  name: 'prometheus',
  programs: ['usr/bin/promtool'],
  programsWithShare: ['usr/bin/prometheus'],
};
export const ALERTMANAGER_PACKAGE: ToolPackage = {
  name: 'prometheus-alertmanager',
  programs: ['usr/bin/amtool'],
  programsWithShare: ['usr/bin/prometheus-alertmanager'],
};
export const BUSYBOX_PACKAGE: ToolPackage = {
  name: 'busybox-static',
  programs: ['bin/busybox'],
  programsWithShare: [],
};
/** The last release that Debian has; what our exporter is compared with. */
export const CADVISOR_PACKAGE: ToolPackage = {
  name: 'cadvisor',
  suite: 'bullseye',
  programs: ['usr/bin/cadvisor'],
  programsWithShare: [],
};

/** What a cloud's VM runs at its boot; here it judges what we give to VMs. Its programs need `PYTHONPATH`. */
export const CLOUD_INIT_PACKAGE: ToolPackage = {
  name: 'cloud-init',
  libraries: [
    'python3-attr',
    'python3-certifi',
    'python3-chardet',
    'python3-configobj',
    'python3-idna',
    'python3-jinja2',
    'python3-json-pointer',
    'python3-jsonpatch',
    'python3-jsonschema',
    'python3-markupsafe',
    'python3-oauthlib',
    'python3-pyrsistent',
    'python3-requests',
    'python3-six',
    'python3-urllib3',
    'python3-yaml',
  ],
  programs: ['usr/bin/cloud-init'],
  programsWithShare: [],
};

/** What services and Docker's socket stand behind in the tests of our configurations. Its libraries lie in the same folder. */
export const HAPROXY_PACKAGE: ToolPackage = {
  name: 'haproxy',
  libraries: ['liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1'],
  programs: ['usr/sbin/haproxy'],
  programsWithShare: [],
};

/** By which the tests reach a master as the guide says. It is not installed: no service of this machine's own is started. */
export const SSHD_PACKAGE: ToolPackage = {
  name: 'openssh-server',
  libraries: ['libwrap0'],
  programs: ['usr/sbin/sshd'],
  programsWithShare: [],
};

const LOCK_WAIT = ['-o', 'DPkg::Lock::Timeout=120'];

/** Puts the packages' programs into `<folder>/bin`, and gives that folder. Does nothing for those that are there. */
export async function fetchTools(
  runner: CommandRunner,
  folder: string,
  packages: readonly ToolPackage[],
  progress: Progress,
): Promise<string> {
  const binFolder = join(folder, 'bin');
  await mkdir(binFolder, { recursive: true });
  for (const wanted of packages) {
    if (await allThere(binFolder, wanted)) continue;
    if (runner.find('apt-get') === undefined || runner.find('dpkg-deb') === undefined)
      throw new AppError(
        'unavailable',
        `install ${wanted.name} first: there is no apt-get here to fetch it with`,
      );
    progress(`fetching ${wanted.name} (apt-get download)`);
    const work = await mkdtemp(join(folder, '.fetch-'));
    try {
      await download(runner, work, wanted, progress);
      await unpack(runner, work, wanted, folder);
      await offerPrograms(wanted, binFolder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return binFolder;
}

async function download(
  runner: CommandRunner,
  folder: string,
  { name, suite, libraries = [] }: ToolPackage,
  progress: Progress,
): Promise<void> {
  if (suite !== undefined) {
    await downloadFromSuite(runner, folder, suite, name);
    return;
  }
  await withFreshLists(runner, progress, () =>
    runner.run('apt-get', ['download', '--quiet', name, ...libraries], { cwd: folder }),
  );
}

async function unpack(
  runner: CommandRunner,
  work: string,
  { name }: ToolPackage,
  folder: string,
): Promise<void> {
  const archives = (await readdir(work)).filter((file) => file.endsWith('.deb'));
  if (archives.length === 0) throw new AppError('unavailable', `apt-get download ${name} left no package`);
  const unpacked = join(work, 'unpacked');
  for (const archive of archives) await runner.run('dpkg-deb', ['-x', join(work, archive), unpacked]);
  await rm(join(folder, name), { recursive: true, force: true });
  await rename(unpacked, join(folder, name));
}

async function offerPrograms(
  { name, programs, programsWithShare }: ToolPackage,
  binFolder: string,
): Promise<void> {
  for (const program of programs) {
    const link = join(binFolder, basename(program));
    await rm(link, { force: true });
    await symlink(join('..', name, program), link);
  }
  for (const program of programsWithShare)
    await writeFileAtomically(join(binFolder, basename(program)), renderShareWrapper(name, program), 0o755);
}

async function allThere(binFolder: string, tools: ToolPackage): Promise<boolean> {
  const checks = [...tools.programs, ...tools.programsWithShare].map((program) =>
    access(join(binFolder, basename(program)), constants.X_OK),
  );
  return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled');
}

/** The named packages that are not installed. */
export async function missingPackages(
  runner: CommandRunner,
  names: readonly string[],
): Promise<readonly string[]> {
  const installed = await installedPackages(runner);
  return names.filter((name) => !installed.has(name));
}

export async function installedPackages(runner: CommandRunner): Promise<ReadonlySet<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg's, not ours.
  const lines = await runner.run('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\\n']);
  return new Set(
    lines
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
}

/** Installs by apt, without recommended packages; gives every package that came with it. */
export async function installPackages(
  runner: CommandRunner,
  names: readonly string[],
  progress: Progress,
): Promise<readonly string[]> {
  const before = await installedPackages(runner);
  progress(`installing ${names.join(', ')} (apt-get install)`);
  await withFreshLists(runner, progress, () =>
    runner.run(
      'apt-get',
      ['install', '--yes', '--quiet', '--no-install-recommends', ...LOCK_WAIT, ...names],
      { asRoot: true },
    ),
  );
  const after = await installedPackages(runner);
  return [...after].filter((name) => !before.has(name));
}

/** Removes exactly these packages; where more would have to go, none does: `AppError` conflict with the command. */
export async function removePackages(runner: CommandRunner, names: readonly string[]): Promise<void> {
  const installed = await installedPackages(runner);
  const present = names.filter((name) => installed.has(name));
  if (present.length === 0) return;
  const plan = await runner.run('apt-get', ['remove', '--simulate', ...present]);
  const removed = [...plan.matchAll(/^Remv (\S+)/gm)].map((match) => match[1] ?? '');
  const others = removed.filter((name) => !present.includes(name));
  if (others.length > 0)
    throw new AppError(
      'conflict',
      `${others.join(', ')} would go too; to remove them all: apt-get remove ${present.join(' ')}`,
    );
  await runner.run('apt-get', ['remove', '--yes', '--quiet', ...LOCK_WAIT, ...present], { asRoot: true });
}

/** Lists of packages are absent on a fresh container and too old on a machine that sleeps: then fetched once. */
async function withFreshLists(
  runner: CommandRunner,
  progress: Progress,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (firstError) {
    if (runner.rights === 'none' || describeFullDisk(firstError) !== undefined) throw firstError;
    progress('reading package lists (apt-get update)');
    await updateLists(runner, firstError);
    await work();
  }
}

async function updateLists(runner: CommandRunner, firstError: unknown): Promise<void> {
  try {
    await runner.run('apt-get', ['update', '--quiet'], { asRoot: true });
  } catch (error) {
    throw new AppError('unavailable', `${describeError(firstError)}; then ${describeError(error)}`);
  }
}
