/** `micado init`, `check` and `render`, as somebody types them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTerminalReporter } from '../../../deploy/adapters/terminal-reporter.ts';
import { listCloudCommands } from '../../../deploy/cloud-commands.ts';
import { runCommand } from '../../../deploy/commands.ts';
import { CLOUD_NAMES } from '../../../deploy/core/user-data/clouds.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { ROOT } from '../../house/source-files.ts';
import { fillIn } from './filled-user-data.ts';

const SECRETS = {
  EC2_SECRET_KEY: 'secret-of-ec2',
  OS_APPLICATION_CREDENTIAL_SECRET: 'secret-of-nova',
  CLOUDSIGMA_PASSWORD: 'secret-of-cloudsigma',
  CLOUDSIGMA_VNC_PASSWORD: 'secret-of-vnc',
  CLOUDBROKER_PASSWORD: 'secret-of-cloudbroker',
  AZURE_CLIENT_SECRET: 'secret-of-azure',
  CLOUD_PASSWORD: 'secret-of-custom',
};

let folder = '';
let userData = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-cloud-'));
  userData = join(folder, 'user_data.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function micado(argv: readonly string[], env: Readonly<Record<string, string>> = SECRETS) {
  let output = '';
  const write = (text: string): void => {
    output += text;
  };
  const commands = listCloudCommands({
    certFolder: undefined,
    surroundings: () => ({
      env,
      templatesFolder: join(ROOT, 'templates'),
      reporter: createTerminalReporter(write),
      clock: systemClock,
      signal: new AbortController().signal,
    }),
    stdout: write,
  });
  const code = await runCommand(commands, { argv, env: {}, stdout: write, stderr: write });
  return { code, output: output.replaceAll(folder, '.') };
}

const init = (cloud: string) => micado(['init', `--cloud=${cloud}`, `--out=${folder}`]);
const edit = (change: (text: string) => string): void =>
  writeFileSync(userData, change(readFileSync(userData, 'utf8')));

describe('micado init', () => {
  test('writes what has to be filled in, for its owner only', async () => {
    expect(await init('nova')).toEqual({
      code: 0,
      output:
        'wrote ./user_data.yaml: fill in what is written as YOUR_…\nwrote ./policy.yaml\nthen: micado check ./user_data.yaml\n',
    });
    expect(statSync(userData).mode & 0o777).toBe(0o600);
  });

  test('overwrites nothing', async () => {
    writeFileSync(join(folder, 'policy.yaml'), 'mine');
    expect(await init('ec2')).toEqual({
      code: 1,
      output: 'micado init: there already: ./policy.yaml; nothing was written: choose another --out\n',
    });
    expect(readdirSync(folder)).toEqual(['policy.yaml']);
  });

  test('wants to know the cloud', async () => {
    const { code, output } = await micado(['init', `--out=${folder}`]);
    expect(code).toBe(2);
    expect(output).toContain('--cloud is required');
  });
});

describe.each(CLOUD_NAMES)('for %s', (cloud) => {
  test('every placeholder is named until it is filled in, and then check is content', async () => {
    await init(cloud);
    const before = await micado(['check', userData]);
    expect(before.code).toBe(1);
    const holes = readFileSync(userData, 'utf8')
      .split('\n')
      .flatMap((line, index) => (/^[^#]*YOUR_/.test(line) ? [`./user_data.yaml:${index + 1}:`] : []));
    expect(before.output.split('\n').filter((line) => line.includes('placeholder'))).toHaveLength(
      holes.length,
    );
    for (const hole of holes) expect(before.output).toContain(hole);

    edit(fillIn);
    const after = await micado(['check', userData]);
    expect(after.code).toBe(0);
    expect(after.output).toMatch(
      new RegExp(`user_data\\.yaml: fine: ${cloud}, 1 to 10 workers; bytes of 16384: `),
    );
    const warnings = after.output.split('\n').filter((line) => line.includes('warning'));
    expect(warnings.map((line) => line.replace(/.*warning: /, ''))).toEqual(
      cloud === 'azure'
        ? ['occopus.image is micado/occopus:1.5, which knows no Azure: name one of Occopus 1.10']
        : [],
    );
  });

  test('check warns of a public address for the Swarm’s control plane', async () => {
    await init(cloud);
    edit((text) => `${fillIn(text)}\nmaster: { address: 185.12.5.7 }\n`);
    const { code, output } = await micado(['check', userData]);
    expect(code).toBe(0);
    expect(output).toMatch(
      /: warning: master\.address is public: the Swarm’s control plane listens there; name a private one\n/,
    );
    edit((text) => text.replace('185.12.5.7', '10.0.0.5'));
    expect((await micado(['check', userData])).output).not.toContain('master.address');
  });

  test('render writes all files for their owner, and says no secret', async () => {
    await init(cloud);
    edit(fillIn);
    const out = join(folder, 'rendered');
    const { code, output } = await micado(['render', userData, `--out=${out}`]);
    expect({ code, secretSaid: /secret-of/.test(output) }).toEqual({ code: 0, secretSaid: false });
    const names = readdirSync(out);
    expect(names.toSorted()).toEqual([
      'auth_data.yaml',
      'infrastructure.yaml',
      'master-cloud-init.yaml',
      'node_definition.yaml',
      'policy.yaml',
      'worker-cloud-init.yaml',
    ]);
    expect(names.map((name) => statSync(join(out, name)).mode & 0o777)).toEqual(names.map(() => 0o600));
    expect(readFileSync(join(out, 'auth_data.yaml'), 'utf8')).toContain(`secret-of-${cloud}`);
    expect(readFileSync(join(out, 'worker-cloud-init.yaml'), 'utf8')).not.toContain('secret-of');
  });
});

describe('micado check', () => {
  test('warns of a secret that is not there, as it may be where the files are rendered', async () => {
    await init('ec2');
    edit(fillIn);
    const { code, output } = await micado(['check', userData], {});
    expect(code).toBe(0);
    expect(output).toContain(
      './user_data.yaml:13:3: warning: auth_data.secretkey: the variable EC2_SECRET_KEY is not set\n',
    );
  });

  test('names the problems of the policy beside those of the user data', async () => {
    await init('ec2');
    writeFileSync(join(folder, 'policy.yaml'), 'workers: []\nworkers: []\n');
    const { output } = await micado(['check', userData]);
    expect(output).toContain('./user_data.yaml:7:10: user_id still holds the placeholder YOUR_EMAIL\n');
    expect(output).toContain('./policy.yaml:2:1: Map keys must be unique\n');
  });

  test('names what is wrong with the policy and the secrets at once', async () => {
    await init('ec2');
    edit(fillIn);
    writeFileSync(join(folder, 'policy.yaml'), 'workers: {}\n');
    const { code, output } = await micado(['check', userData], {});
    expect(code).toBe(1);
    expect(output).toContain('./user_data.yaml:13:3: warning: auth_data.secretkey: the variable');
    expect(output).toContain('./policy.yaml:1:1: workers must be a list\n');
  });

  test('names errors, missing secrets, warnings and what nobody replaced in the policy at once', async () => {
    await init('ec2');
    edit((text) => fillIn(text).replace('min: 1', 'min: 0').replace('https://', 'http://'));
    writeFileSync(join(folder, 'policy.yaml'), 'services:\n  service_name1: { max: 3 }\n');
    const { code, output } = await micado(['check', userData], {});
    expect(code).toBe(1);
    expect(output).toContain('auth_data.secretkey: the variable EC2_SECRET_KEY is not set\n');
    expect(output).toContain('warning: resource.endpoint is not encrypted');
    expect(output).toContain('scaling.min must be 1 or more');
    expect(output).toContain(
      './policy.yaml:2:3: services.service_name1 still holds the placeholder service_name1\n',
    );
  });

  test('says which bounds of the policy do not count, once it knows those that do', async () => {
    await init('ec2');
    writeFileSync(join(folder, 'policy.yaml'), 'workers:\n  - max: 7\n');
    expect((await micado(['check', userData])).output).not.toContain('policy.yaml');
    edit(fillIn);
    expect((await micado(['check', userData])).output).toContain(
      './policy.yaml:2:10: warning: max of the workers is 10, as user data says: this one is replaced\n',
    );
  });

  test('tells what no cloud would take, by how much', async () => {
    await init('ec2');
    edit(fillIn);
    const noise = Array.from({ length: 4_000 }, (_, index) => `# ${(index * 7_919) % 10_007}\n`).join('');
    writeFileSync(join(folder, 'policy.yaml'), `${noise}{}\n`);
    const { code, output } = await micado(['check', userData]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /user_data\.yaml:15:1: master-cloud-init\.yaml would be \d+ bytes; clouds take 16384/,
    );
  });

  test('says in one line that a file is not there', async () => {
    expect(await micado(['check', join(folder, 'absent.yaml')])).toEqual({
      code: 1,
      output:
        "micado check: cannot read ./absent.yaml: ENOENT: no such file or directory, open './absent.yaml'\n",
    });
  });
});

describe('micado render', () => {
  const out = () => join(folder, 'rendered');
  const rendered = (name: string): string => readFileSync(join(out(), name), 'utf8');
  beforeEach(async () => {
    await init('ec2');
    edit(fillIn);
  });

  test('gives the same files for the same input', async () => {
    await micado(['render', userData, `--out=${out()}`]);
    const first = readdirSync(out()).map(rendered);
    await micado(['render', userData, `--out=${out()}`]);
    expect(readdirSync(out()).map(rendered)).toEqual(first);
  });

  test('writes nothing where a secret is missing', async () => {
    const { code, output } = await micado(['render', userData, `--out=${out()}`], {});
    expect(code).toBe(1);
    expect(output).toContain(
      './user_data.yaml:13:3: auth_data.secretkey: the variable EC2_SECRET_KEY is not set\n',
    );
    expect(output).toMatch(/nothing was written\n$/);
    expect(existsSync(out())).toBe(false);
  });

  test('puts in address and token of a Swarm that is there already', async () => {
    const token = join(folder, 'token');
    writeFileSync(token, 'SWMTKN-1-abc-def\n');
    const flags = ['--master.address=10.0.0.5', `--join-token.file=${token}`, `--out=${out()}`];
    expect((await micado(['render', userData, ...flags])).output).not.toContain('SWMTKN');
    expect(rendered('infrastructure.yaml')).toContain(
      'variables:\n  master_host_ip: 10.0.0.5\n  worker_join_token: SWMTKN-1-abc-def\n',
    );
    expect(rendered('master-cloud-init.yaml')).toContain('MASTER_ADDRESS=10.0.0.5\n');
  });

  test.each([
    ['--master.address=127.0.0.1', '--master.address must be an IPv4 address'],
    ['--join-token.file=user_data.yaml', 'holds no token that "docker swarm join-token -q worker" prints'],
  ])('refuses %s', async (flag, message) => {
    const named = flag.replace('=user_data.yaml', `=${userData}`);
    const { code, output } = await micado(['render', userData, named, `--out=${out()}`]);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });
});
