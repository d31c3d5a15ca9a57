import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../../internal/daemon/app-error.ts';
import { describeExit, toolError } from '../core/describe-exit.ts';
import type { CommandOptions, CommandRunner } from '../ports.ts';

const SBIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const OUTPUT_KEPT = 4 * 1024 * 1024;

export type RunnerSurroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userId: number;
  /** sudo may ask for a password. */
  readonly isInteractive: boolean;
};

export function createCommandRunner({ env, userId, isInteractive }: RunnerSurroundings): CommandRunner {
  const find = (program: string): string | undefined => findProgram(program, env['PATH'] ?? '');
  const rights = userId === 0 ? 'root' : find('sudo') === undefined ? 'none' : 'sudo';
  return {
    rights,
    find,
    async run(program, args, options = {}) {
      const words = [program, ...args];
      if (options.asRoot === true && rights === 'none')
        throw new AppError('unavailable', `"${words.join(' ')}" needs root: run as root, or install sudo`);
      const elevated = options.asRoot === true && rights === 'sudo';
      const sudo = isInteractive ? ['sudo'] : ['sudo', '--non-interactive'];
      return await runToEnd(elevated ? [...sudo, ...words] : words, words, options, {
        ...env,
        PATH: [env['PATH'] ?? '', ...SBIN_FOLDERS].join(delimiter),
        // Messages that we read and pass on are in one language, and dpkg asks nothing.
        LC_ALL: 'C',
        DEBIAN_FRONTEND: 'noninteractive',
      });
    },
  };
}

export function findProgram(program: string, path: string): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder.startsWith('/')), ...SBIN_FOLDERS];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function runToEnd(
  [program = '', ...args]: readonly string[],
  shownWords: readonly string[],
  { cwd }: CommandOptions,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const shown = shownWords.join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env,
      stdio: ['inherit', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_KEPT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_KEPT);
    });
    child.on('error', (error) =>
      reject(new AppError('unavailable', `cannot run "${shown}"`, { cause: error })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else {
        const how = stderr.trim() === '' && stdout.trim() === '' ? describeExit({ code, signal }) : undefined;
        reject(new AppError('unavailable', `"${shown}" failed: ${how ?? toolError(`${stdout}\n${stderr}`)}`));
      }
    });
  });
}
