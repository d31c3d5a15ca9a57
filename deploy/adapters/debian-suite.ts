/** Packages of another suite of Debian than this machine's, by lists of our own: the system's apt never hears of it. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../internal/daemon/app-error.ts';
import { findDebianMirror } from '../core/debian-mirror.ts';
import type { CommandRunner } from '../ports.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const APT_FOLDER = '/etc/apt';

/** Puts the package's archive into `folder`. The mirror is the one that this machine has its own packages from. */
export async function downloadFromSuite(
  runner: CommandRunner,
  folder: string,
  suite: string,
  packageName: string,
): Promise<void> {
  const mirror = findDebianMirror(await readSources(APT_FOLDER));
  if (mirror === undefined)
    throw new AppError('unavailable', `apt has no mirror of Debian here to fetch ${packageName} from`);
  const apt = join(folder, 'apt');
  try {
    for (const part of ['lists/partial', 'archives/partial'])
      await mkdir(join(apt, part), { recursive: true });
    const sources = join(apt, 'sources.list');
    const status = join(apt, 'status');
    await writeFile(sources, `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
    await writeFile(status, '');
    const options = [
      `Dir::State=${apt}`,
      `Dir::State::status=${status}`,
      `Dir::Cache=${apt}`,
      `Dir::Etc::sourcelist=${sources}`,
      'Dir::Etc::sourceparts=-',
      // Root's apt would fetch as another user, who cannot write here.
      'APT::Sandbox::User=root',
      // A list that cannot be fetched is a failure, not a warning.
      'APT::Update::Error-Mode=any',
    ].flatMap((option) => ['-o', option]);
    await runner.run('apt-get', ['update', '--quiet', ...options]);
    await runner.run('apt-get', ['download', '--quiet', ...options, packageName], { cwd: folder });
  } finally {
    await rm(apt, { recursive: true, force: true });
  }
}

async function readSources(aptFolder: string): Promise<readonly string[]> {
  const parts = join(aptFolder, 'sources.list.d');
  const names = await readdir(parts).catch(() => []);
  const files = [
    join(aptFolder, 'sources.list'),
    ...names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join(parts, name)),
  ];
  return await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
}
