/**
 * A machine of one's own, beside a master that is an engine: another network namespace, from which the master is reached by
 * SSH alone, as the user admin. The master's sshd is Debian's, and sees users and a socket that nobody else on this machine does.
 */
import { readFileSync, statSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, runAnyway } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { namespaceFile } from '../../cluster/namespace.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { spawnInNamespace } from '../../cluster/spawn-in-namespace.ts';
import { eventually } from '../../eventually.ts';
import { packageLibraries } from './package-libraries.ts';

export type OwnMachine = {
  /** The file of its network namespace, as `nsenter --net` takes it. */
  readonly namespace: string;
  stop(): Promise<void>;
};

const PACKAGE = join(PROJECT_ROOT, '.test-cache/openssh-server');
const SSHD = join(PACKAGE, 'usr/sbin/sshd');
const MASTER = '192.168.251.1';
const OWN = '192.168.251.2';

/** @param folder gets keys that are thrown away, and a program `ssh` that knows the master as `master` */
export async function startOwnMachine(engine: Engine, folder: string): Promise<OwnMachine> {
  const id = `mg-own-${process.pid}`;
  const master = basename(engine.namespace);
  await connect(id, master);
  await writeKeys(folder);
  await writeUsers(folder, engine);
  const libraries = `LD_LIBRARY_PATH=${packageLibraries(PACKAGE)}`;
  const start = ['env', libraries, 'unshare', '--mount', 'sh', join(folder, 'start-sshd')];
  const sshd = spawnInNamespace(master, join(folder, 'sshd.log'), start);
  const stop = async (): Promise<void> => {
    sshd.kill('SIGKILL');
    await runAnyway('ip', ['netns', 'delete', id]);
  };
  try {
    const ask = [
      'nsenter',
      `--net=${namespaceFile(id)}`,
      join(folder, 'ssh'),
      'admin@master',
      'true',
    ] as const;
    await eventually('sshd answers', async () => (await run(ask[0], ask.slice(1))) === '');
  } catch (error) {
    await stop();
    throw new Error(readFileSync(join(folder, 'sshd.log'), 'utf8'), { cause: error });
  }
  return { namespace: namespaceFile(id), stop };
}

async function connect(id: string, master: string): Promise<void> {
  await run('ip', ['netns', 'add', id]);
  await run('ip', ['-n', master, 'link', 'add', 'own', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', id]);
  await run('ip', ['-n', master, 'addr', 'add', `${MASTER}/30`, 'dev', 'own']);
  await run('ip', ['-n', id, 'addr', 'add', `${OWN}/30`, 'dev', 'eth0']);
  await run('ip', ['-n', master, 'link', 'set', 'own', 'up']);
  for (const link of ['lo', 'eth0']) await run('ip', ['-n', id, 'link', 'set', link, 'up']);
}

async function writeKeys(folder: string): Promise<void> {
  for (const name of ['host-key', 'user-key'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  await writeFile(
    join(folder, 'known-hosts'),
    `master ${readFileSync(join(folder, 'host-key.pub'), 'utf8')}`,
  );
  await writeFile(
    join(folder, 'ssh-config'),
    `Host master
  HostName ${MASTER}
  HostKeyAlias master
  IdentityFile ${join(folder, 'user-key')}
  UserKnownHostsFile ${join(folder, 'known-hosts')}
`,
  );
  const path = process.env['PATH'] ?? '';
  const program = join(folder, 'ssh');
  await writeFile(program, `#!/bin/sh\nPATH='${path}' exec ssh -F '${join(folder, 'ssh-config')}' "$@"\n`);
  await chmod(program, 0o755);
}

/** In a mount namespace of its own: users and groups of the master, and its socket where Docker looks for it. */
async function writeUsers(folder: string, { dockerHost }: Engine): Promise<void> {
  const socket = dockerHost.replace('unix://', '');
  const at = (name: string): string => join(folder, name);
  const files = {
    passwd: 'root:x:0:0::/:/bin/sh\nsshd:x:101:65534::/:/bin/false\nadmin:x:4711:4711::/:/bin/sh\n',
    shadow: 'root:*:::::::\nsshd:*:::::::\nadmin:*:::::::\n',
    group: `root:x:0:\nadmin:x:4711:\ndocker:x:${statSync(socket).gid}:admin\n`,
    'sshd-config': `HostKey ${at('host-key')}\nAuthorizedKeysFile /run/keys\nStrictModes no\nUsePAM no\nPidFile none\n`,
    'start-sshd': `set -eu
for name in passwd shadow group; do mount --bind "${folder}/$name" "/etc/$name"; done
mount -t tmpfs tmpfs /run
mkdir /run/sshd
cp '${at('user-key.pub')}' /run/keys
touch /run/docker.sock
mount --bind '${socket}' /run/docker.sock
exec '${SSHD}' -D -e -f '${at('sshd-config')}'
`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
}
