/** The sub-commands of `micado`: which one is meant, its flags or its help, and how it ends. */
import { nearestName } from '../internal/contract/nearest-name.ts';
import { describeError, isAppError } from '../internal/daemon/app-error.ts';
import { type FlagTable, type FlagValues, parseFlags, renderHelp } from '../internal/daemon/flags.ts';
import {
  EXIT,
  type Surroundings as ProcessSurroundings,
  packageVersion,
} from '../internal/daemon/program.ts';
import { describeFullDisk } from './core/describe-full-disk.ts';

export type Command = {
  readonly name: string;
  readonly summary: string;
  /** The exit code. What it cannot do is an `AppError`. */
  execute(around: ProcessSurroundings): Promise<number>;
};

/** A command with flags: help, version and wrong flags are dealt with before it runs. */
export function defineCommand<T extends FlagTable>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly flags: T;
  /** What has to be named beside the flags: `<infra>`. */
  readonly operands?: readonly string[];
  run(values: FlagValues<T>, operands: readonly string[]): Promise<number>;
}): Command {
  const { name, summary, flags, operands = [] } = definition;
  const title = `micado ${name}`;
  return {
    name,
    summary,
    async execute({ argv, env, stdout, stderr }) {
      const parsed = parseFlags(flags, argv, env, operands);
      switch (parsed.kind) {
        case 'help':
          stdout(renderHelp(title, summary, flags, operands));
          return EXIT.ok;
        case 'version':
          stdout(`micado ${packageVersion()}\n`);
          return EXIT.ok;
        case 'problems':
          stderr(parsed.problems.map((problem) => `${title}: ${problem}\n`).join(''));
          stderr(`${title}: --help lists all flags\n`);
          return EXIT.wrongFlags;
        case 'run':
          return await definition.run(parsed.values, parsed.operands);
      }
    },
  };
}

export async function runCommand(commands: readonly Command[], around: ProcessSurroundings): Promise<number> {
  const [name = '--help', ...rest] = around.argv;
  if (['--help', '-h', 'help'].includes(name)) {
    around.stdout(renderOverview(commands));
    return EXIT.ok;
  }
  if (name === '--version') {
    around.stdout(`micado ${packageVersion()}\n`);
    return EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const nearest = nearestName(
      name,
      commands.map((candidate) => candidate.name),
    );
    const hint = nearest === undefined ? 'micado --help lists them' : `did you mean "micado ${nearest}"?`;
    around.stderr(`micado: there is no command "${name}"; ${hint}\n`);
    return EXIT.wrongFlags;
  }
  try {
    return await command.execute({ ...around, argv: rest });
  } catch (error) {
    around.stderr(`micado ${name}: ${describeFailure(error)}\n`);
    return EXIT.failed;
  }
}

/** One line for what the world does to us; a defect shows where it is. */
function describeFailure(error: unknown): string {
  const fullDisk = describeFullDisk(error);
  if (fullDisk !== undefined) return fullDisk;
  const isExpected = isAppError(error) || (error instanceof Error && 'syscall' in error);
  return isExpected || !(error instanceof Error) ? describeError(error) : (error.stack ?? error.message);
}

function renderOverview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
  return `micado: autoscaling for Docker Swarm, driven by Prometheus alerts

Usage: micado <command> [flags]

${lines.join('')}
micado <command> --help lists the flags of one command.
`;
}
