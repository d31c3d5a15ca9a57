/** Tools of the system, run with a deadline; a failure carries their last line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export type RunOptions = {
  readonly withinMs?: number;
  readonly folder?: string;
  /** Beside the path. */
  readonly env?: Readonly<Record<string, string>>;
};

/** What the tool printed. Rejects when it fails or takes longer than `withinMs`. */
export async function run(
  tool: string,
  args: readonly string[],
  { withinMs = 15_000, folder, env = {} }: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execute(tool, args, {
      timeout: withinMs,
      killSignal: 'SIGKILL',
      env: { ...toolEnvironment(), ...env },
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    return stdout;
  } catch (error) {
    const text = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(`${tool} ${args.join(' ')}: ${lastLine(text) || String(error)}`, { cause: error });
  }
}

/** For removal: a thing that is not there (any more) is no failure. */
export async function runAnyway(tool: string, args: readonly string[]): Promise<void> {
  try {
    await run(tool, args);
  } catch {
    // Already gone.
  }
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Nothing of the caller's environment but the path: no proxy, no DOCKER_HOST. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin` };
}
