/** How a container of ours starts: as root it becomes a user without rights, as anybody else it stays who it is. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../house/source-files.ts';

const ENTRYPOINT = join(ROOT, 'docker/entrypoint.mjs');
const USER = 65532;
const DOCKER_GROUP = 12345;
const me = process.getuid?.() ?? -1;
const isRoot = me === 0;

let folder = '';
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'micado-entrypoint-'));
  chmodSync(folder, 0o755);
  writeFileSync(
    join(folder, 'binary.mjs'),
    'console.log(JSON.stringify({ argv: process.argv.slice(1), user: process.getuid(), groups: process.getgroups() }));',
  );
  const socket = join(folder, 'docker.sock');
  server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  if (isRoot) chownSync(socket, 0, DOCKER_GROUP);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(env: Readonly<Record<string, string>>): unknown {
  const args = [ENTRYPOINT, join(folder, 'binary.mjs'), '--dry-run', 'check'];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...env, PATH: '' } }));
}

describe('the entrypoint of the images', () => {
  test('hands over the arguments, as if the binary had been started itself', () => {
    expect(start({})).toMatchObject({ argv: [join(folder, 'binary.mjs'), '--dry-run', 'check'] });
  });

  test.each(['MICADO_DOCKER_HOST', 'DOCKER_HOST'])(
    'leaves root for the group of the socket in %s',
    (name) => {
      const { user, groups } = start({ [name]: `unix://${folder}/docker.sock` }) as Identity;
      expect(user).toBe(isRoot ? USER : me);
      expect(groups.includes(DOCKER_GROUP)).toBe(isRoot);
      expect(groups.includes(0)).toBe(false);
    },
  );

  test.each([
    ['what is no socket', 'unix:///dev/null'],
    ['what is not there', 'unix:///nowhere/docker.sock'],
    ['an engine elsewhere', 'tcp://10.0.0.1:2376'],
  ])('takes no group from %s', (_, host) => {
    const { user, groups } = start({ MICADO_DOCKER_HOST: host }) as Identity;
    expect(user).toBe(isRoot ? USER : me);
    if (isRoot) expect(groups).toEqual([USER]);
  });
});

type Identity = { readonly user: number; readonly groups: readonly number[] };
