/** A machine on which no engine answers: `up` starts one, leaves it running, and `down --purge` ends it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identifyProcess } from '../../../internal/daemon/process-identity.ts';
import { eventually } from '../../eventually.ts';
import { promtoolPath } from '../support/promtool.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const PORTS = ['prometheus', 'alertmanager', 'rulegen', 'exporter', 'executor'].map(
  (part) => `--${part}.port=0`,
);
const stateDir = mkdtempSync(join(tmpdir(), 'micado-state-'));
const pidFile = join(stateDir, 'engine', 'docker.pid');

/** Keeps the machine's namespaces: a network of its own, and a /run in which there is no socket and no systemd. */
let machine: ChildProcess;
const inMachine = (command: readonly string[]): readonly string[] => [
  'nsenter',
  `--target=${machine.pid}`,
  '--net',
  '--mount',
  `--wd=${ROOT}`,
  '--',
  ...command,
];
const micado = (...args: readonly string[]) => inMachine([process.execPath, 'deploy/micado.mjs', ...args]);

function run([program = '', ...args]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
}

beforeAll(async () => {
  const setUp = 'mount -t tmpfs tmpfs /run && ip link set lo up && echo up && exec sleep infinity';
  machine = spawn('unshare', ['--net', '--mount', '--', 'sh', '-c', setUp], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  machine.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await eventually('the machine is up', () => said === 'up\n');
}, 30_000);

afterAll(() => {
  run(micado('down', '--purge', `--state.dir=${stateDir}`));
  if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  machine.kill('SIGKILL');
  rmSync(stateDir, { recursive: true, force: true });
});

const engineAnswers = (): boolean => run(inMachine(['docker', 'version'])).status === 0;

test('starts an engine with its data in the state folder, and leaves it running at Ctrl-C', async () => {
  const [program = '', ...args] = micado(
    'up',
    `--state.dir=${stateDir}`,
    `--bin.dir=${dirname(promtoolPath())}`,
    ...PORTS,
  );
  const up = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  up.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise((resolve) => {
    up.on('exit', resolve);
  });
  try {
    await eventually('the stack is ready', () => existsSync(join(stateDir, 'stack.json')), {
      withinMs: 60_000,
    });
  } finally {
    up.kill('SIGINT');
    await ended;
  }
  expect(up.exitCode).toBe(0);
  expect(said).toContain('started at unix:///var/run/docker.sock; it goes on when micado stops');
  expect(said).toContain('all parts ended');
  expect(engineAnswers()).toBe(true);
}, 120_000);

test('tells an ordinary user how to get the right to the engine', () => {
  const folder = mkdtempSync('/var/tmp/micado-nobody-');
  // May read everything, wherever the clone lies, but use nothing that needs the right to write.
  const reads = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...reads];
  try {
    spawnSync('chown', ['65534:65534', folder]);
    // Not through the launcher: a clone of root's is root's to compile.
    const up = [process.execPath, 'dist/deploy/main.js', 'up', `--state.dir=${folder}`, ...PORTS];
    const { status, output } = run(inMachine([...nobody, ...up]));
    expect(output).toContain('no right to use the Docker engine at unix:///var/run/docker.sock');
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test('ends that engine when it is purged, and removes all of it', () => {
  const engine = identifyProcess(Number(readFileSync(pidFile, 'utf8')));
  expect(engine).toBeDefined();
  const { status, output } = run(micado('down', '--purge', `--state.dir=${stateDir}`));
  expect(output).toContain('left the Swarm that micado made');
  expect(output).toContain('stopped the engine that micado started');
  expect(status).toBe(0);
  expect(engineAnswers()).toBe(false);
  expect(existsSync(stateDir)).toBe(false);
  expect(identifyProcess(engine?.pid ?? 0)).toBeUndefined();
}, 90_000);
