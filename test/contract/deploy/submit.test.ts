/** `micado submit` and `micado up --cloud` against Occopus as it answers, in both versions. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { createTerminalReporter } from '../../../deploy/adapters/terminal-reporter.ts';
import { listCommands } from '../../../deploy/command-list.ts';
import { runCommand } from '../../../deploy/commands.ts';
import type { Surroundings } from '../../../deploy/ports.ts';
import { eventually } from '../../eventually.ts';
import { type OccopusMachine, startOccopusMachine, WORKER_TOKEN } from '../../fakes/occopus-machine.ts';
import { ROOT } from '../../house/source-files.ts';
import { createQuickClock } from './quick-clock.ts';

const INFRA = 'micado_worker_infra';
const USER_DATA = (max: number): string => `user_id: ops@cloud.example
auth_data: { type: ec2, accesskey: AKIAEXAMPLE, secretkey: { from_env: EC2_SECRET_KEY } }
resource:
  type: ec2
  endpoint: https://ec2.cloud.example
  regionname: region-1
  image_id: ami-1
  instance_type: medium
  security_group_ids: [sg-1]
scaling: { min: 1, max: ${max} }
occopus: { image: micado/occopus:1.5 }
`;

let folder = '';
let machine: OccopusMachine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-submit-'));
});
afterEach(async () => {
  await machine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
const userData = (): string => join(folder, 'user_data.yaml');
const master = (name: string): string => join(folder, 'master', name);

type Run = { readonly signal?: AbortSignal; readonly occopusFlag?: string };

async function micado(argv: readonly string[], run: Run = {}) {
  const { signal = new AbortController().signal, occopusFlag = `--occopus.url=${machine.occopus.url}` } = run;
  let output = '';
  const write = (text: string): void => {
    output += text;
  };
  const around = {
    env: { EC2_SECRET_KEY: 'the-secret-key' },
    templatesFolder: join(ROOT, 'templates'),
    reporter: createTerminalReporter(write),
    clock: createQuickClock(50),
    signal,
  };
  const commands = listCommands({
    certFolder: undefined,
    surroundings: () => around as unknown as Surroundings,
    terminal: () => ({ isInteractive: false }) as never,
    stdout: write,
  });
  const flags = [
    `--master.dir=${join(folder, 'master')}`,
    `--docker.host=${machine.dockerHost}`,
    occopusFlag,
  ];
  const code = await runCommand(commands, {
    argv: [...argv, ...flags],
    env: {},
    stdout: write,
    stderr: write,
  });
  return { code, output: output.replaceAll(folder, '.').replace(/ \(\d+\.\d s\)/g, '') };
}
const upCloud = (max = 5) => {
  writeFileSync(userData(), USER_DATA(max));
  return micado(['up', `--cloud=${userData()}`]);
};

describe.each(['1.5', '1.10'] as const)('with Occopus %s', (version) => {
  beforeEach(async () => {
    machine = await startOccopusMachine(version);
  });

  test('one command takes a master from user data to an infrastructure that is kept', async () => {
    const { code, output } = await upCloud();
    expect({ code, output }).toEqual({
      code: 0,
      output: `./user_data.yaml:11:19: note: occopus.image is micado/occopus:1.5: a digest (name@sha256:…) would fix which image that is
  ok  render     ./user_data.yaml to ./master
  ok  swarm      workers join 10.0.0.5 by the token of today
  ok  occopus    answers; it knows 0 infrastructures
  ok  import     the definition of worker
  ok  build      ${INFRA} made
  ok  attach     Occopus maintains it
  ok  verify     ${output.match(/worker: 1 to 5, \d there/)?.[0]}
`,
    });
    const infrastructure = machine.occopus.infrastructure(INFRA);
    expect(infrastructure?.isMaintained()).toBe(true);
    await eventually('the first worker is there', () => infrastructure?.node('worker')?.instances.size === 1);
  });

  test('what Occopus reads is complete, and its owner’s alone', async () => {
    await upCloud();
    expect(load(readFileSync(master('occopus/submitted.yaml'), 'utf8'))).toMatchObject({
      infra_name: 'micado-worker-infra',
      variables: { master_host_ip: '10.0.0.5', worker_join_token: WORKER_TOKEN },
    });
    const files = ['auth_data', 'node_definition', 'infrastructure', 'submitted'];
    expect(files.map((name) => statSync(master(`occopus/${name}.yaml`)).mode & 0o777)).toEqual(
      files.map(() => 0o600),
    );
    expect(readFileSync(master('occopus/auth_data.yaml'), 'utf8')).toContain('the-secret-key');
    expect(readFileSync(master('policy.yaml'), 'utf8')).toContain('max: 5');
    const at = './master/occopus';
    expect(machine.commands.map((words) => words.join(' ').replaceAll(folder, '.'))).toEqual([
      `occopus-import ${at}/node_definition.yaml`,
      `occopus-build --auth_data_path ${at}/auth_data.yaml -i ${INFRA} ${at}/submitted.yaml`,
    ]);
  });

  test('done again with other bounds it updates what is there', async () => {
    await upCloud(5);
    const first = machine.occopus.infrastructure(INFRA);
    const { code, output } = await upCloud(2);
    expect(code).toBe(0);
    expect(output).toContain(`build      ${INFRA} updated\n  ok  attach     Occopus maintained it before\n`);
    expect(machine.occopus.infrastructure(INFRA)).toBe(first);
    expect(first?.node('worker')).toMatchObject({ min: 1, max: 2 });
  });

  test('an infrastructure that nobody maintains since a restart is attached again', async () => {
    await upCloud();
    machine.occopus.restart();
    expect(await micado(['submit'])).toMatchObject({ code: 0 });
    expect(machine.occopus.infrastructure(INFRA)?.isMaintained()).toBe(true);
  });

  test.each([
    [
      'a definition that Occopus refuses',
      { 'occopus-import': '\u001b[31m[SchemaCheck] ERROR:\u001b[0m Missing key(s): image_id' },
      'micado submit: occopus-import failed: [SchemaCheck] ERROR: Missing key(s): image_id; correct the user data (micado check names what is wrong), and run this again\n',
    ],
    [
      'an infrastructure that Occopus refuses, without the token that it repeats',
      {
        'occopus-build': `Traceback (most recent call last):\n  {'t': '${WORKER_TOKEN}'}\nKeyError: 'user_id'`,
      },
      "occopus-build failed: Traceback (most recent call last): {'t': 'SWMTKN-…'} KeyError: 'user_id';",
    ],
    [
      'a definition that Occopus refuses with the credentials in its words',
      { 'occopus-import': 'Traceback: auth {secretkey: the-secret-key}' },
      'occopus-import failed: Traceback: auth {secretkey: ***};',
    ],
    [
      'a build that made nothing',
      { 'occopus-build': 'fine' },
      `attach: ERROR: infrastructure '${INFRA}' does not exist!; see the log of Occopus’ container, and run this again\n`,
    ],
  ])('%s ends it with code 1 and its words', async (_what, toolSays, message) => {
    await upCloud();
    await machine.occopus.infrastructure(INFRA)?.dismantle();
    await fetch(`${machine.occopus.url}/infrastructures/${INFRA}`, { method: 'DELETE' });
    machine.state.toolSays = toolSays;
    const { code, output } = await micado(['submit']);
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).not.toContain(WORKER_TOKEN);
    expect(output).not.toContain('the-secret-key');
    machine.state.toolSays = {};
    expect(await micado(['submit'])).toMatchObject({ code: 0 });
  });

  test('a refusal that comes as HTTP 200 is none the less one', async () => {
    machine.occopus.setFault('error_body', 'POST');
    const { code, output } = await upCloud();
    expect(code).toBe(1);
    expect(output).toContain(
      `POST ${machine.occopus.url}/infrastructures/${INFRA}/attach: ERROR: redis is away; see the log of Occopus’ container, and run this again\n`,
    );
  });

  test('an error in the user data is named before anything is written or asked', async () => {
    writeFileSync(userData(), USER_DATA(0));
    const { code, output } = await micado(['up', `--cloud=${userData()}`]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^\.\/user_data\.yaml:10:25: scaling\.max must be 1 or more\n(.*: note: .*\n)nothing was written\n$/,
    );
    expect(existsSync(master(''))).toBe(false);
    expect(machine.occopus.calls).toEqual([]);
  });

  test('an Occopus that comes late is waited for', async () => {
    machine.occopus.setFault('html_500');
    const done = upCloud();
    await eventually('it was asked more than once', () => machine.occopus.calls.length > 2);
    machine.occopus.setFault(undefined);
    expect(await done).toMatchObject({ code: 0 });
  });

  test('one that does not come is said with its last words, and what to do', async () => {
    machine.occopus.setFault('html_500');
    writeFileSync(userData(), USER_DATA(5));
    const { code, output } = await micado(['up', `--cloud=${userData()}`, '--occopus.timeout=10s']);
    expect(code).toBe(1);
    expect(output).toContain(
      `micado up: Occopus did not answer within 10s: GET ${machine.occopus.url}/infrastructures/: HTTP 500, not an answer of Occopus’ API; look at the log of its container, and run this again\n`,
    );
    expect(machine.commands).toEqual([]);
  });
});

describe('micado submit', () => {
  beforeEach(async () => {
    machine = await startOccopusMachine('1.10');
  });
  const rendered = async (): Promise<void> => {
    await upCloud();
  };

  test('says what to do where nothing was rendered', async () => {
    const { code, output } = await micado(['submit']);
    expect(code).toBe(1);
    expect(output).toContain(
      "micado submit: ENOENT: no such file or directory, open './master/occopus/infrastructure.yaml'; micado up --cloud=user_data.yaml writes it\n",
    );
  });

  test('wants a descriptor that says how many workers there may be', async () => {
    mkdirSync(master('occopus'), { recursive: true });
    writeFileSync(master('occopus/infrastructure.yaml'), 'nodes: [{ name: worker }]\n');
    const { code, output } = await micado(['submit']);
    expect(code).toBe(1);
    expect(output).toContain('infrastructure.yaml: nodes.0.scaling: ');
  });

  test('is for managers', async () => {
    await rendered();
    machine.state.isManager = false;
    const { code, output } = await micado(['submit']);
    expect(code).toBe(1);
    expect(output).toContain('the engine is no manager of a Swarm: run this on the master');
  });

  test.each([
    ['absent', 'there is no container other'],
    ['stopped', 'container other does not run'],
  ] as const)('finds Occopus by its container, and says that it is %s', async (container, message) => {
    await rendered();
    machine.state.container = container;
    const occopusFlag = '--occopus.container=other';
    const { code, output } = await micado(['submit', '--occopus.timeout=0'], { occopusFlag });
    expect(code).toBe(1);
    expect(output).toContain(`Occopus did not answer within 0s: ${message}; look at the log`);
  });

  test('gives a build up that takes too long, and says that it goes on', async () => {
    await rendered();
    machine.state.hangs = 'occopus-build';
    const { code, output } = await micado(['submit', '--build.timeout=1s']);
    expect(code).toBe(1);
    expect(output).toContain(
      'occopus-build in container micado-occopus has not ended; it goes on in there\n',
    );
  });

  test('ends at once when it is stopped', async () => {
    await rendered();
    machine.state.hangs = 'occopus-import';
    const stop = new AbortController();
    const done = micado(['submit'], { signal: stop.signal });
    await eventually('a tool runs', () => machine.commands.length === 3);
    stop.abort();
    expect(await done).toMatchObject({ code: 1 });
  });
});
