/** The sub-commands of a program: which one is meant, its flags or its help, and how it ends. */
import { nearestName } from '../contract/nearest-name.ts';
import { describeError, isAppError } from './app-error.ts';
import { type FlagTable, type FlagValues, parseFlags, renderHelp } from './flags.ts';
import { EXIT, type Program, packageVersion, runProgram, type Surroundings } from './program.ts';

export type Command = {
  readonly name: string;
  readonly summary: string;
  /**
   * The exit code. What it cannot do is an `AppError`.
   * @param title the program and this command, as somebody would type them
   */
  execute(around: Surroundings, title: string): Promise<number>;
};

/** A command with flags: help, version and wrong flags are dealt with before it runs. */
export function defineCommand<T extends FlagTable>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly flags: T;
  /** What has to be named beside the flags: `<infra>`. */
  readonly operands?: readonly string[];
  run(values: FlagValues<T>, operands: readonly string[], around: Surroundings): Promise<number>;
}): Command {
  const { name, summary, flags, operands = [] } = definition;
  return {
    name,
    summary,
    async execute(around, title) {
      const { argv, env, stdout, stderr } = around;
      const parsed = parseFlags(flags, argv, env, operands);
      switch (parsed.kind) {
        case 'help':
          stdout(renderHelp(title, summary, flags, operands));
          return EXIT.ok;
        case 'version':
          stdout(`${title.split(' ')[0]} ${packageVersion()}\n`);
          return EXIT.ok;
        case 'problems':
          stderr(parsed.problems.map((problem) => `${title}: ${problem}\n`).join(''));
          stderr(`${title}: --help lists all flags\n`);
          return EXIT.wrongFlags;
        case 'run':
          return await definition.run(parsed.values, parsed.operands, around);
      }
    },
  };
}

/** The command that the first argument names. */
export async function runNamedCommand(
  program: string,
  commands: readonly Command[],
  around: Surroundings,
  describeFailure: (error: unknown) => string = describeCommandFailure,
): Promise<number> {
  const [name = '', ...rest] = around.argv;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const names = commands.map((candidate) => candidate.name);
    const nearest = nearestName(name, names);
    const hint =
      nearest === undefined ? `${program} --help lists them` : `did you mean "${program} ${nearest}"?`;
    around.stderr(`${program}: there is no command "${name}"; ${hint}\n`);
    return EXIT.wrongFlags;
  }
  const title = `${program} ${name}`;
  try {
    return await command.execute({ ...around, argv: rest }, title);
  } catch (error) {
    around.stderr(`${title}: ${describeFailure(error)}\n`);
    return EXIT.failed;
  }
}

/** One line for what the world does to us; a defect shows where it is. */
export function describeCommandFailure(error: unknown): string {
  const isExpected = isAppError(error) || (error instanceof Error && 'syscall' in error);
  return isExpected || !(error instanceof Error) ? describeError(error) : (error.stack ?? error.message);
}

/** A daemon that has commands beside it: it runs when the first argument names none. */
export async function runProgramOrCommand<T extends FlagTable>(
  program: Program<T>,
  commands: readonly Command[],
  around: Surroundings,
): Promise<number> {
  const [first = ''] = around.argv;
  if (first !== '' && !first.startsWith('-')) return await runNamedCommand(program.name, commands, around);
  const helpTail = `\nWhat it can do instead of running:\n\n${renderCommandList(program.name, commands)}`;
  return await runProgram({ ...program, helpTail }, around);
}

/** The commands with their summaries, and how to learn more. */
export function renderCommandList(program: string, commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
  return `${lines.join('')}\n${program} <command> --help lists the flags of one command.\n`;
}
