/** The sub-commands of `micado`: which one is meant, or the overview of all. */
import {
  type Command,
  describeCommandFailure,
  renderCommandList,
  runNamedCommand,
} from '../internal/daemon/commands.ts';
import { EXIT, packageVersion, type Surroundings } from '../internal/daemon/program.ts';
import { describeFullDisk } from './core/describe-full-disk.ts';

export async function runCommand(commands: readonly Command[], around: Surroundings): Promise<number> {
  const [name = '--help'] = around.argv;
  if (['--help', '-h', 'help'].includes(name)) {
    around.stdout(renderOverview(commands));
    return EXIT.ok;
  }
  if (name === '--version') {
    around.stdout(`micado ${packageVersion()}\n`);
    return EXIT.ok;
  }
  return await runNamedCommand(
    'micado',
    commands,
    around,
    (error) => describeFullDisk(error) ?? describeCommandFailure(error),
  );
}

const renderOverview = (commands: readonly Command[]): string =>
  `micado: autoscaling for Docker Swarm, driven by Prometheus alerts

Usage: micado <command> [flags]

${renderCommandList('micado', commands)}`;
