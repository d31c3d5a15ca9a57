import { type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../internal/daemon/app-error.ts';
import { describeExit, toolError } from '../core/describe-exit.ts';
import type { CommandRunner } from '../ports.ts';

const SBIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const OUTPUT_KEPT = 4 * 1024 * 1024;

export type RunnerSurroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userId: number;
  /** sudo may ask for a password. */
  readonly isInteractive: boolean;
  /** Ends what runs, but for what changes the system: that is better whole than cut short. */
  readonly signal: AbortSignal;
};

export function createCommandRunner(around: RunnerSurroundings): CommandRunner {
  const { env, userId, isInteractive, signal } = around;
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
      return await runToEnd(elevated ? [...sudo, ...words] : words, words.join(' '), {
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.asRoot === true ? {} : { signal }),
        env: {
          ...env,
          PATH: [env['PATH'] ?? '', ...SBIN_FOLDERS].join(delimiter),
          // Messages that we read and pass on are in one language, and dpkg asks nothing.
          LC_ALL: 'C',
          DEBIAN_FRONTEND: 'noninteractive',
        },
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
  shown: string,
  options: SpawnOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['inherit', 'pipe', 'pipe'] });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (error) =>
      reject(new AppError('unavailable', `cannot run "${shown}"`, { cause: error })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(stdout());
        return;
      }
      const output = `${stdout()}\n${stderr()}`;
      const why = output.trim() === '' ? describeExit({ code, signal }) : toolError(output);
      reject(new AppError('unavailable', `"${shown}" failed: ${why}`));
    });
  });
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-OUTPUT_KEPT);
  });
  return () => text;
}
