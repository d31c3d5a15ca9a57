/** What to run for each part: Prometheus and Alertmanager as found or fetched, our own from this very build. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../internal/daemon/app-error.ts';
import { ALERTMANAGER_PACKAGE, fetchTools, PROMETHEUS_PACKAGE } from '../adapters/debian-packages.ts';
import type { PartPrograms } from '../core/plan-parts.ts';
import type { CommandRunner, Progress, StepResult } from '../ports.ts';

export type ProgramOptions = {
  readonly runner: CommandRunner;
  /** Where fetched packages are unpacked. */
  readonly packagesFolder: string;
  /** A folder that holds both, looked at first; empty for none. */
  readonly binFolder: string;
  /** The folder of the built JavaScript. */
  readonly distFolder: string;
};

export async function settlePrograms(
  options: ProgramOptions,
  progress: Progress,
): Promise<StepResult<PartPrograms>> {
  const { runner, distFolder } = options;
  const monitoring = await findMonitoring(options, progress);
  const ours = (binary: string): readonly string[] => {
    const file = join(distFolder, 'bin', `micado-${binary}.js`);
    if (!existsSync(file)) throw new AppError('internal', `${file} is not built: npm run build`);
    return [process.execPath, file];
  };
  progress(`asking ${monitoring.prometheus} for its version`);
  const version = /version (\S+)/.exec(await runner.run(monitoring.prometheus, ['--version']))?.[1];
  return {
    value: {
      prometheus: [monitoring.prometheus],
      alertmanager: [monitoring.alertmanager],
      rulegen: ours('rulegen'),
      exporter: ours('exporter'),
      executor: ours('executor'),
    },
    done: `Prometheus ${version ?? ''} and Alertmanager ${monitoring.from}`,
  };
}

type Monitoring = { readonly prometheus: string; readonly alertmanager: string; readonly from: string };

async function findMonitoring(options: ProgramOptions, progress: Progress): Promise<Monitoring> {
  const { runner, packagesFolder, binFolder } = options;
  const inFolder = (folder: string, program: string): string | undefined =>
    folder !== '' && existsSync(join(folder, program)) ? join(folder, program) : undefined;
  const prometheus = inFolder(binFolder, 'prometheus') ?? runner.find('prometheus');
  const alertmanager =
    inFolder(binFolder, 'prometheus-alertmanager') ??
    runner.find('prometheus-alertmanager') ??
    runner.find('alertmanager');
  const wanted = [
    ...(prometheus === undefined ? [PROMETHEUS_PACKAGE] : []),
    ...(alertmanager === undefined ? [ALERTMANAGER_PACKAGE] : []),
  ];
  const fetched = wanted.length === 0 ? '' : await fetchTools(runner, packagesFolder, wanted, progress);
  return {
    prometheus: prometheus ?? join(fetched, 'prometheus'),
    alertmanager: alertmanager ?? join(fetched, 'prometheus-alertmanager'),
    from: wanted.length === 0 ? 'as found here' : 'of Debian, in the state folder',
  };
}
