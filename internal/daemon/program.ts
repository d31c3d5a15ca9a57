/** Environment → configuration → daemon → run: the one way in which each binary starts and ends. */
import { readFileSync } from 'node:fs';
import { describeError, isAppError } from './app-error.ts';
import { type FlagTable, type FlagValues, parseFlags, renderHelp } from './flags.ts';
import type { LogFormat, Logger, LoggerFactory, LogLevel } from './logger.ts';
import { type Actor, runGroup } from './run-group.ts';
import { createSignalActor } from './signals.ts';

export type Surroundings = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  stdout(text: string): void;
  stderr(text: string): void;
};

export type Program<T extends FlagTable> = {
  readonly name: string;
  readonly summary: string;
  readonly flags: T;
  /** What `--help` says after the flags. */
  readonly helpTail?: string;
  readonly createLogger: LoggerFactory;
  /** Opens what is needed and returns the actors to run. An `AppError` ends the start with its message. */
  create(values: FlagValues<T>, logger: Logger): Promise<readonly Actor[]>;
};

export const EXIT = { ok: 0, failed: 1, wrongFlags: 2 } as const;

/** The exit code: 0 after a signal, 1 when a part failed, 2 when the flags are wrong. */
export async function runProgram<T extends FlagTable>(
  program: Program<T>,
  around: Surroundings,
): Promise<number> {
  const parsed = parseFlags(program.flags, around.argv, around.env);
  switch (parsed.kind) {
    case 'help':
      around.stdout(renderHelp(program.name, program.summary, program.flags) + (program.helpTail ?? ''));
      return EXIT.ok;
    case 'version':
      around.stdout(`${program.name} ${packageVersion()}\n`);
      return EXIT.ok;
    case 'problems':
      around.stderr(parsed.problems.map((problem) => `${program.name}: ${problem}\n`).join(''));
      around.stderr(`${program.name}: --help lists all flags\n`);
      return EXIT.wrongFlags;
    case 'run':
      return await runActors(program, parsed.values, around);
  }
}

async function runActors<T extends FlagTable>(
  program: Program<T>,
  values: FlagValues<T>,
  around: Surroundings,
): Promise<number> {
  const logger = program.createLogger({
    component: program.name.replace(/^micado-/, ''),
    level: values['log.level'] as LogLevel,
    format: values['log.format'] as LogFormat,
    write: around.stderr,
  });
  logger.info('starting', { version: packageVersion(), config: values });
  try {
    const actors = await program.create(values, logger);
    const result = await runGroup([createSignalActor(logger), ...actors], logger);
    if (result.error !== undefined) throw result.error;
    logger.info('stopped', { ended: result.ended });
    return EXIT.ok;
  } catch (error) {
    const stack = error instanceof Error && !isAppError(error) ? { stack: error.stack } : {};
    logger.error('failed', { error: describeError(error), ...stack });
    return EXIT.failed;
  }
}

/** The version in the package.json above this file, whether run from the sources' place or from `dist`. */
export function packageVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const text: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof text === 'object' && text !== null && 'version' in text) return String(text.version);
    } catch {
      // dist/ lies one folder deeper: look there next.
    }
  }
  return 'unknown';
}
