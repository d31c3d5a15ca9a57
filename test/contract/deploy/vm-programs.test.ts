/** The programs of the master, with stand-ins for the commands that they call. On real engines: test/real/deploy/vm-programs. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renderAuthData } from '../../../deploy/core/cloud/occopus-descriptors.ts';
import { isPrivateAddress } from '../../../deploy/core/user-data/private-address.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryHypervisor } from '../../fakes/memory-hypervisor.ts';
import { type OccopusServer, startOccopusServer } from '../../fakes/occopus-server.ts';
import { ROOT } from '../../house/source-files.ts';
import { someUserData } from '../../unit/deploy/core/cloud/some-user-data.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-vm-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command on the PATH; it can note what it is asked by `note`. */
function command(name: string, body: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\nnote() { echo "$*" >> "${folder}/asked"; }\n${body}\n`);
  chmodSync(file, 0o755);
}
const asked = (): readonly string[] => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');

type Ended = { readonly code: number; readonly words: string };

function runProgram(
  name: string,
  settings: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  writeFileSync(join(folder, 'micado.env'), settings);
  return new Promise((resolve) => {
    execFile(
      'sh',
      [join(ROOT, 'templates/cloud', name)],
      {
        env: {
          PATH: `${folder}/bin:${process.env['PATH']}`,
          MICADO_ENV: join(folder, 'micado.env'),
          MICADO_HOME: join(folder, 'home'),
          ...env,
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), words: stdout + stderr }),
    );
  });
}

describe('micado-release', () => {
  let sum = '';
  beforeEach(() => {
    mkdirSync(join(folder, 'release'));
    writeFileSync(join(folder, 'release/compose.yaml'), 'services: {}\n');
    writeFileSync(join(folder, 'release/images.tar'), '');
    execFileSync('tar', ['-czf', join(folder, 'archive'), '-C', join(folder, 'release'), '.']);
    sum = createHash('sha256')
      .update(readFileSync(join(folder, 'archive')))
      .digest('hex');
    command(
      'curl',
      `note curl "$@"; for last; do :; done; while [ "$1" != --output ]; do shift; done; cp ${folder}/archive "$2"`,
    );
    command('docker', 'note docker "$@"');
  });
  const settings = (sha256: string): string => `RELEASE_URL=https://x.example/a\nRELEASE_SHA256=${sha256}\n`;
  const unpacked = (): boolean => existsSync(join(folder, 'home/compose.yaml'));

  test('unpacks the archive and loads its images, once', async () => {
    expect(await runProgram('micado-release.sh', settings(sum))).toEqual({ code: 0, words: '' });
    expect(unpacked()).toBe(true);
    await runProgram('micado-release.sh', settings(sum));
    expect(asked()).toEqual([
      expect.stringMatching(/^curl .*--proto =https --proto-redir =https .*https:\/\/x\.example\/a$/),
      `docker load --quiet --input ${folder}/home/images.tar`,
    ]);
  });

  test('touches nothing of an archive that is another one than was named', async () => {
    const { code, words } = await runProgram('micado-release.sh', settings('0'.repeat(64)));
    expect(code).not.toBe(0);
    expect(words).toContain('computed checksum did NOT match');
    expect(unpacked()).toBe(false);
  });

  test('has nothing to do where no release is named', async () => {
    expect(await runProgram('micado-release.sh', 'RELEASE_URL=\nRELEASE_SHA256=\n')).toEqual({
      code: 0,
      words: '',
    });
    expect(existsSync(join(folder, 'asked'))).toBe(false);
  });
});

describe('micado-master', () => {
  const settings = "MASTER_ADDRESS=10.0.0.5\nOCCOPUS_IMAGE='micado/occopus:1.5'\n";
  const dockerIn = (state: string): void =>
    command(
      'docker',
      `case "$*" in *LocalNodeState*) echo ${state};; *NodeID*) echo n1;; *) note docker "$@";; esac`,
    );
  beforeEach(() => {
    command('docker-compose', 'note docker-compose "$@" with "$OCCOPUS_IMAGE" "$MICADO_POLICY"');
    mkdirSync(join(folder, 'home'));
    for (const name of ['compose.yaml', 'workers.stack.yaml', 'new-token.sh'])
      copyFileSync(join(ROOT, 'docker', name), join(folder, 'home', name));
  });
  const UP = () =>
    `docker-compose --project-name micado --file ${folder}/home/compose.yaml --file /etc/micado/occopus.compose.yaml up --detach with micado/occopus:1.5 /etc/micado/policy.yaml`;
  const WORKERS = () =>
    `docker stack deploy --resolve-image never --compose-file ${folder}/home/workers.stack.yaml micado-workers`;
  const DRAIN = 'docker node update --availability drain --label-add micado.master=true n1';

  test('makes a Swarm on its private address, takes no applications, and starts everything', async () => {
    dockerIn('inactive');
    expect(await runProgram('micado-master.sh', settings)).toMatchObject({ code: 0 });
    expect(asked()).toEqual([
      'docker swarm init --advertise-addr 10.0.0.5 --listen-addr 10.0.0.5:2377 --data-path-addr 10.0.0.5',
      DRAIN,
      UP(),
      WORKERS(),
    ]);
  });

  test('makes a token of its own, once, that nobody else on the machine reads', async () => {
    dockerIn('active');
    await runProgram('micado-master.sh', settings);
    const token = readFileSync(join(folder, 'home/secrets/token'), 'utf8');
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(statSync(join(folder, 'home/secrets')).mode & 0o777).toBe(0o700);
    await runProgram('micado-master.sh', settings);
    expect(readFileSync(join(folder, 'home/secrets/token'), 'utf8')).toBe(token);
  });

  test('leaves the Swarm of an earlier boot as it is', async () => {
    dockerIn('active');
    await runProgram('micado-master.sh', settings);
    expect(asked()).toEqual([DRAIN, UP(), WORKERS()]);
  });

  test('finds its own address where none is named', async () => {
    dockerIn('inactive');
    command('ip', 'echo "192.0.2.1 via 10.9.0.1 dev eth0 src 10.9.0.7 uid 0"');
    await runProgram('micado-master.sh', settings.replace('10.0.0.5', ''));
    expect(asked()[0]).toContain('--advertise-addr 10.9.0.7 ');
  });

  test.each([
    ['9.255.255.255', false],
    ['10.0.0.1', true],
    ['11.0.0.1', false],
    ['100.63.0.1', false],
    ['100.64.0.1', true],
    ['100.99.0.1', true],
    ['100.127.0.1', true],
    ['100.128.0.1', false],
    ['172.15.0.1', false],
    ['172.16.0.1', true],
    ['172.29.0.1', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['185.12.5.7', false],
    ['192.168.9.1', true],
    ['192.169.0.1', false],
  ])('takes %s of its default route for private: %s, as micado check does', async (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate);
    dockerIn('inactive');
    command('ip', `echo "192.0.2.1 via 10.9.0.1 dev eth0 src ${address} uid 0"`);
    const { code, words } = await runProgram('micado-master.sh', settings.replace('10.0.0.5', ''));
    expect(code).toBe(isPrivate ? 0 : 1);
    expect(words.includes(`${address}, which is not private: name master.address`)).toBe(!isPrivate);
    expect(existsSync(join(folder, 'asked'))).toBe(isPrivate);
  });

  test('takes the address that a person named, whatever it is', async () => {
    dockerIn('inactive');
    await runProgram('micado-master.sh', settings.replace('10.0.0.5', '185.12.5.7'));
    expect(asked()[0]).toContain('--advertise-addr 185.12.5.7 ');
  });

  test('says that there is no stack to start', async () => {
    dockerIn('active');
    rmSync(join(folder, 'home/compose.yaml'));
    const { code, words } = await runProgram('micado-master.sh', settings);
    expect(code).toBe(1);
    expect(words).toContain(
      'compose.yaml is missing: name a release in the user data, or boot an image that has it',
    );
  });
});

describe('micado-submit', () => {
  let occopus: OccopusServer;
  const descriptor = (): string => join(folder, 'occopus/submitted.yaml');
  const docker = (imported: string, built = ''): void =>
    command(
      'docker',
      `case "$*" in
  *NodeAddr*) echo 10.0.0.5 ;;
  'swarm join-token --quiet worker') echo SWMTKN-1-abc-def ;;
  *occopus-import*) echo "${imported}" ;;
  *) note "$@"; echo "${built}" ;;
esac`,
    );
  beforeEach(async () => {
    const clock = createManualClock();
    occopus = await startOccopusServer({
      version: '1.10',
      clock,
      hypervisor: createMemoryHypervisor(clock, 0),
    });
    mkdirSync(join(folder, 'occopus'));
    writeFileSync(join(folder, 'occopus/infrastructure.yaml'), 'user_id: a\n');
    docker('Successfully imported nodes: worker');
  });
  afterEach(() => occopus.stop());
  const submit = () =>
    runProgram('micado-submit.sh', '', {
      MICADO_OCCOPUS: join(folder, 'occopus'),
      MICADO_OCCOPUS_URL: occopus.url,
    });
  /** What the build command does to the service. */
  const build = () => occopus.addInfrastructure('micado_worker_infra', [{ name: 'worker', min: 1, max: 2 }]);

  test('builds with the token of today, and attaches', async () => {
    const infrastructure = build();
    expect(await submit()).toEqual({
      code: 0,
      words: 'micado-submit: Occopus maintains micado_worker_infra\n',
    });
    expect(infrastructure.isMaintained()).toBe(true);
    expect(readFileSync(descriptor(), 'utf8')).toBe(
      'user_id: a\nvariables:\n  master_host_ip: "10.0.0.5"\n  worker_join_token: "SWMTKN-1-abc-def"\n',
    );
    expect(statSync(descriptor()).mode & 0o777).toBe(0o600);
    const at = join(folder, 'occopus');
    expect(asked()).toEqual([
      `exec micado-occopus occopus-build --auth_data_path ${at}/auth_data.yaml -i micado_worker_infra ${at}/submitted.yaml`,
    ]);
  });

  test('may run again, as it does after each boot', async () => {
    build();
    await submit();
    expect(await submit()).toMatchObject({ code: 0 });
  });

  test('never shows the token, whether it fails or not', async () => {
    const failed = await submit();
    build();
    const done = await submit();
    expect([failed.code, done.code]).toEqual([1, 0]);
    expect(failed.words + done.words).not.toContain('SWMTKN');
  });

  test.each([
    ['plain', 'hunter2hunter2', 'hunter2hunter2'],
    ['that YAML writes in quotes', 'a: "b" \\c', `a: "b" \\c`],
    ['that YAML writes in other quotes', `it's "4711"`, `it's "4711"`],
    ['of many lines', '--begin\nMIIBAA\n--end\n', '--begin MIIBAA --end'],
    ['of which another is a part', 'AKIA1-and-more', 'AKIA1-and-more'],
  ])('shows no secret %s that Occopus repeats', async (_, secretkey, repeated) => {
    const auth = { type: 'ec2', accesskey: 'AKIA1', secretkey };
    writeFileSync(join(folder, 'occopus/auth_data.yaml'), renderAuthData(someUserData({ auth })));
    writeFileSync(join(folder, 'said'), `Traceback: <AKIA1> in <${repeated}> of SWMTKN-1-abc-def\n`);
    command(
      'docker',
      `case "$*" in *occopus-import*) cat "${folder}/said" ;; *) echo SWMTKN-1-abc-def ;; esac`,
    );
    const { code, words } = await submit();
    expect(code).toBe(1);
    expect(words.replace(/(\*\*\* ?)+/g, '***')).toBe(
      'micado-submit: Traceback: <***> in <***> of SWMTKN-...\n',
    );
  });

  test.each([
    [
      'a definition that Occopus refuses',
      () => docker('[SchemaCheck] ERROR: x'),
      'micado-submit: [SchemaCheck] ERROR: x',
    ],
    [
      'an update that Occopus refuses with exit code 0, and its token',
      () => docker('Successfully imported nodes: worker', 'Traceback: KeyError SWMTKN-1-abc-def'),
      'micado-submit: Traceback: KeyError SWMTKN-...\n',
    ],
    ['an infrastructure that was not built', () => {}, 'does not exist!'],
    ['an Occopus that fails', () => occopus.setFault('html_500'), 'Occopus does not answer yet'],
    ['a refusal with status 200', () => occopus.setFault('error_body', 'POST'), 'ERROR: redis is away'],
  ])('fails for %s, so that it is run again', async (what, spoil, message) => {
    if (!what.includes('not built')) build();
    spoil();
    const { code, words } = await submit();
    expect(code).toBe(1);
    expect(words).toContain(message);
  });
});
