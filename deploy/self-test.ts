/** `micado self-test`: all tests with the real parts. Installs and fetches what they need; jest gets all arguments. */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../internal/daemon/app-error.ts';
import {
  ALERTMANAGER_PACKAGE,
  BUSYBOX_PACKAGE,
  CLOUD_INIT_PACKAGE,
  fetchTools,
  HAPROXY_PACKAGE,
  installPackages,
  missingPackages,
  PROMETHEUS_PACKAGE,
  SSHD_PACKAGE,
} from './adapters/debian-packages.ts';
import { listNames } from './core/list-names.ts';
import { type JestResult, summariseTests } from './core/summarise-tests.ts';
import type { Surroundings } from './ports.ts';

/** Programs that the tests' engines and virtual machines need, and the packages that have them. */
const SYSTEM_PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  'docker-compose': 'docker-compose',
  chromium: 'chromium',
  iptables: 'iptables',
  ip: 'iproute2',
  curl: 'curl',
  openssl: 'openssl',
  ssh: 'openssh-client',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  genisoimage: 'genisoimage',
  'mkfs.ext4': 'e2fsprogs',
};

/** Packages without a program of a name of its own: cloud-init needs Debian's own Python, whichever comes first on the PATH. */
const SYSTEM_PACKAGES = ['python3'];

/** Unpacked beside the sources: no service of theirs is started. */
const TEST_TOOLS = [
  PROMETHEUS_PACKAGE,
  ALERTMANAGER_PACKAGE,
  BUSYBOX_PACKAGE,
  CLOUD_INIT_PACKAGE,
  HAPROXY_PACKAGE,
  SSHD_PACKAGE,
];

const resultSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** The exit code. @param jestArguments from the command line */
export async function runSelfTest(jestArguments: readonly string[], around: Surroundings): Promise<number> {
  const { reporter, env } = around;
  if (around.runner.rights === 'none')
    throw new AppError(
      'unavailable',
      'the tests start Docker engines in network namespaces: run as root, or install sudo',
    );
  const binFolder = await provision(around);
  const resultFile = join(around.rootFolder, '.test-cache', 'results.json');
  await rm(resultFile, { force: true });
  const exitCode = await runJest(binFolder, resultFile, jestArguments, around);
  const mustRunAll = !['', '0', 'false'].includes(env['CI'] ?? '');
  const { passed, failed } = summariseTests(await readResult(resultFile), exitCode, mustRunAll);
  reporter.say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function provision({ reporter, runner, rootFolder }: Surroundings): Promise<string> {
  const programs = Object.keys(SYSTEM_PROGRAMS).filter((program) => runner.find(program) === undefined);
  const hasApt = runner.find('apt-get') !== undefined;
  const packages = hasApt ? await missingPackages(runner, SYSTEM_PACKAGES) : [];
  const missing = [...programs.map((program) => SYSTEM_PROGRAMS[program] ?? program), ...packages];
  if (missing.length > 0)
    await reporter.step('system', async (progress) => {
      if (!hasApt)
        throw new AppError('unavailable', `the tests need ${missing.join(', ')}: install them first`);
      await installPackages(runner, missing, progress);
      return { value: undefined, done: `${missing.join(', ')} installed` };
    });
  return await reporter.step('programs', async (progress) => {
    const folder = join(rootFolder, '.test-cache');
    const value = await fetchTools(runner, folder, TEST_TOOLS, progress);
    return { value, done: `${listNames(TEST_TOOLS.map(({ name }) => name))} in ${value}` };
  });
}

function runJest(
  binFolder: string,
  resultFile: string,
  jestArguments: readonly string[],
  { runner, rootFolder, env, signal }: Surroundings,
): Promise<number> {
  const jest = [
    process.execPath,
    '--experimental-vm-modules',
    '--no-warnings',
    join(rootFolder, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${resultFile}`,
    ...jestArguments,
  ];
  const [program = '', ...args] = runner.rights === 'sudo' ? ['sudo', '--preserve-env', ...jest] : jest;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: rootFolder,
      env: { ...env, MICADO_TEST_BIN: binFolder, MICADO_BIN_DIR: binFolder },
      stdio: 'inherit',
    });
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.on('error', (error) => reject(new AppError('unavailable', 'cannot run jest', { cause: error })));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function readResult(path: string): Promise<JestResult | undefined> {
  try {
    return resultSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
