/** The engine that answers, else Debian's, started by us. */

import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { DEFAULT_DOCKER_HOST } from '../../internal/daemon/common-flags.ts';
import { parseDockerHost } from '../../internal/docker/docker-host.ts';
import { installPackages, missingPackages } from '../adapters/debian-packages.ts';
import { machineHasSystemd, probeEngine, startOwnEngine, waitForEngine } from '../adapters/docker-engine.ts';
import type { StateStore } from '../adapters/state-file.ts';
import { engineCommand, planEngine } from '../core/plan-engine.ts';
import type { StackLayout } from '../core/stack-layout.ts';
import type { CommandRunner, Progress, StepResult } from '../ports.ts';

/** dockerd needs iptables, which its package only recommends on some releases. */
const ENGINE_PACKAGES = ['docker.io', 'iptables'];

export type EngineOptions = {
  readonly address: string;
  readonly certFolder: string | undefined;
  readonly layout: StackLayout;
  readonly state: StateStore;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** The group of this user. */
  readonly groupId: number;
};

export async function settleEngine(
  options: EngineOptions,
  progress: Progress,
): Promise<StepResult<{ readonly version: string }>> {
  const { address, runner } = options;
  progress(`asking ${address}`);
  const probe = await probeEngine(parseDockerHost(address, options.certFolder));
  const plan = planEngine(probe, {
    address,
    isDefaultAddress: address === DEFAULT_DOCKER_HOST,
    hasDockerd: runner.find('dockerd') !== undefined,
    hasApt: runner.find('apt-get') !== undefined,
    hasSystemd: machineHasSystemd(),
    rights: runner.rights,
  });
  switch (plan.kind) {
    case 'refuse':
      throw new AppError('unavailable', plan.message);
    case 'use':
      return { value: { version: plan.version }, done: `${plan.version} answers at ${address}` };
    case 'start': {
      if (plan.install) await installEngine(options, progress);
      progress(`starting the engine (${plan.by === 'systemd' ? 'systemctl start docker' : 'dockerd'})`);
      const version = plan.by === 'systemd' ? await startByOs(options) : await startByUs(options);
      const what = plan.install ? `${ENGINE_PACKAGES[0]} installed and started` : 'started';
      return { value: { version }, done: `${version} ${what} at ${address}; it goes on when micado stops` };
    }
  }
}

/** What is to be installed is noted first; afterwards all that came with it. */
async function installEngine({ runner, state }: EngineOptions, progress: Progress): Promise<void> {
  const earlier = state.current().aptPackages ?? [];
  const missing = await missingPackages(runner, ENGINE_PACKAGES);
  await state.note({ aptPackages: [...new Set([...earlier, ...missing])] });
  const added = await installPackages(runner, missing, progress);
  await state.note({ aptPackages: [...new Set([...earlier, ...missing, ...added])] });
}

async function startByOs({ runner, address, certFolder, clock }: EngineOptions): Promise<string> {
  await runner.run('systemctl', ['start', 'docker'], { asRoot: true });
  return await waitForEngine(parseDockerHost(address, certFolder), clock, () => undefined);
}

async function startByUs(options: EngineOptions): Promise<string> {
  const { layout, state, runner, address, certFolder, clock, groupId } = options;
  const dead = startOwnEngine(runner, {
    command: engineCommand({
      engineFolder: layout.engineFolder,
      stackId: state.current().stackId,
      address,
      groupId: runner.rights === 'sudo' ? groupId : undefined,
    }),
    engineFolder: layout.engineFolder,
    logFile: layout.logFile('engine'),
  });
  return await waitForEngine(parseDockerHost(address, certFolder), clock, dead);
}
