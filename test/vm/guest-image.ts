/**
 * The disk that guests start from: this machine's Debian with an engine and cloud-init, made from packages in a minute
 * and kept. A changed recipe gives another image; clones lie above it and never write to it.
 */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import { findAptSources, readAptAcquireOptions } from './apt-sources.ts';
import { withFileLock } from './file-lock.ts';

export type GuestImage = { readonly disk: string; readonly kernel: string; readonly initrd: string };

const PACKAGES = {
  system: ['systemd-sysv', 'dbus', 'udev', 'kmod', 'procps', 'netbase'],
  kernel: ['linux-image-cloud-amd64', 'initramfs-tools', 'zstd'],
  // What a worker's user data asks for: a guest could not install it.
  worker: [
    'cloud-init',
    'docker.io',
    'iproute2',
    'iptables',
    'ca-certificates',
    'curl',
    'unattended-upgrades',
  ],
};
/** What would only cost time while a guest starts. */
const MASKED_UNITS = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'getty@tty1.service',
  'serial-getty@ttyS0.service',
  'systemd-networkd-wait-online.service',
];
const UNNEEDED_FILES = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'];
/** Sparse: it takes as much as is in it. */
const DISK_BYTES = 4 * 1024 ** 3;

const FILES = join(PROJECT_ROOT, 'test/vm/image');
const CACHE = join(PROJECT_ROOT, '.test-cache/vm');
const LOCK = 'lock';
const BUILD_WITHIN_MS = 300_000;

/** The present recipe's image, built if it is not there. */
export async function guestImage(): Promise<GuestImage> {
  await mkdir(CACHE, { recursive: true });
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
  const folder = join(CACHE, await recipeId(release));
  await withFileLock(join(CACHE, LOCK), 2 * BUILD_WITHIN_MS, async () => {
    if (!(await isThere(folder))) await build(folder, release);
  });
  return imageIn(folder);
}

const imageIn = (folder: string): GuestImage => ({
  disk: join(folder, 'disk.raw'),
  kernel: join(folder, 'vmlinuz'),
  initrd: join(folder, 'initrd.img'),
});

/** Changes with everything that the image is made of, but for the versions of the packages. */
async function recipeId(release: string): Promise<string> {
  const hash = createHash('sha256').update(`${release} ${DISK_BYTES}`);
  for (const argument of recipe(release, 'image')) hash.update(`${argument}\n`);
  for (const name of (await readdir(FILES, { recursive: true })).toSorted()) {
    const path = join(FILES, name);
    if ((await stat(path)).isFile()) hash.update(`${name}\n${await readFile(path, 'utf8')}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The arguments of mmdebstrap. @param files an archive of `image/` */
function recipe(release: string, files: string): readonly string[] {
  const inChroot = (command: string): string => `--customize-hook=chroot "$1" ${command}`;
  return [
    '--mode=root',
    '--variant=minbase',
    '--aptopt=APT::Install-Recommends "false"',
    ...UNNEEDED_FILES.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--include=${Object.values(PACKAGES).flat().join(',')}`,
    // Before the kernel is installed, whose initial ram disk they shape.
    `--essential-hook=tar-in ${files} /`,
    inChroot('systemctl enable systemd-networkd.service'),
    inChroot(`systemctl mask ${MASKED_UNITS.join(' ')}`),
    // Nobody out there is reached or to be trusted, and to learn of one more authority takes a minute with all of them.
    '--customize-hook=: > "$1/etc/ca-certificates.conf"',
    inChroot('update-ca-certificates --fresh'),
    // A guest has its name from its seed, and reaches no mirror; of this machine's resolver it must not wait for answers.
    '--customize-hook=rm -f "$1/etc/hostname" "$1/etc/apt/sources.list" "$1"/etc/apt/sources.list.d/*',
    `--customize-hook=tar-in ${files} /`,
    release,
  ];
}

async function build(folder: string, release: string): Promise<void> {
  // Nobody starts from the images of other recipes any more, nor from what an interrupted build left.
  for (const name of await readdir(CACHE))
    if (name !== LOCK) await rm(join(CACHE, name), { recursive: true, force: true });
  const work = `${folder}.new`;
  const root = join(work, 'root');
  await mkdir(work);
  // In name spaces of its own, so that a build which is cut short leaves no mounts below the cache.
  const apart = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child'];
  const files = join(work, 'files.tar');
  // With root's ownership and rights, whoever has the clone.
  await run('tar', ['--owner=0', '--group=0', '--mode=u=rwX,go=rX', '-cf', files, '-C', FILES, '.']);
  const acquire = (await readAptAcquireOptions()).map((option) => `--aptopt=${option}`);
  const sources = await findAptSources(release);
  await run('unshare', [...apart, 'mmdebstrap', ...acquire, ...recipe(release, files), root, ...sources], {
    withinMs: BUILD_WITHIN_MS,
  });
  const { disk, kernel, initrd } = imageIn(work);
  await rename(await onlyFile(join(root, 'boot'), 'vmlinuz-'), kernel);
  await rename(await onlyFile(join(root, 'boot'), 'initrd.img-'), initrd);
  await writeFile(disk, '');
  await truncate(disk, DISK_BYTES);
  await run('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-d', root, disk], { withinMs: BUILD_WITHIN_MS });
  for (const used of [root, files]) await rm(used, { recursive: true });
  await rename(work, folder);
}

async function onlyFile(folder: string, start: string): Promise<string> {
  const found = (await readdir(folder)).filter((name) => name.startsWith(start));
  if (found.length !== 1) throw new Error(`${folder} has ${found.length} files ${start}*`);
  return join(folder, found[0] ?? '');
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
