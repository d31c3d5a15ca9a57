/** Undoes what `up` made on this machine, and says what it leaves because somebody else uses it by now. */
import { existsSync } from 'node:fs';
import { DEFAULT_DOCKER_HOST } from '../../internal/daemon/common-flags.ts';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import { type DockerHost, parseDockerHost } from '../../internal/docker/docker-host.ts';
import { removePackages } from '../adapters/debian-packages.ts';
import { findOwnEngine, probeEngine, stopOwnEngine } from '../adapters/docker-engine.ts';
import { countLooseContainers, foreignServices, leaveSwarm, readSwarm } from '../adapters/docker-swarm.ts';
import { removeFolder } from '../adapters/remove-folder.ts';
import type { StackState } from '../adapters/state-file.ts';
import { dockerCommandFor } from '../core/describe-stack.ts';
import { execRoot } from '../core/plan-engine.ts';
import { type PurgeFacts, type PurgeStep, planPurge } from '../core/plan-purge.ts';
import { madeByUs } from '../core/plan-swarm.ts';
import type { StackLayout } from '../core/stack-layout.ts';
import type { Surroundings } from '../ports.ts';

type Purge = {
  readonly layout: StackLayout;
  readonly state: StackState;
  readonly host: DockerHost;
  readonly around: Surroundings;
};

/** Whether nothing had to stay. */
export async function purge(
  layout: StackLayout,
  state: StackState,
  certFolder: string | undefined,
  around: Surroundings,
): Promise<boolean> {
  const input = { layout, state, host: parseDockerHost(state.dockerHost, certFolder), around };
  const steps = planPurge(await readPurgeFacts(input));
  for (const step of steps)
    await around.reporter.step('purge', async () => ({ value: undefined, done: await undo(step, input) }));
  return steps.every(({ kind }) => kind !== 'keep');
}

async function readPurgeFacts({ layout, state, host }: Purge): Promise<PurgeFacts> {
  const nothingElse = { swarmIsOurs: false, foreignServices: [], otherNodes: 0, looseContainers: 0 };
  const engineAnswers = (await probeEngine(host)).kind === 'answers';
  return {
    engineAnswers,
    engineIsOurs: existsSync(layout.engineFolder),
    aptPackages: state.aptPackages ?? [],
    dockerCommand: dockerCommandFor(state.dockerHost, DEFAULT_DOCKER_HOST),
    ...(engineAnswers ? await readUse(host, state) : nothingElse),
  };
}

async function readUse(host: DockerHost, state: StackState) {
  const docker = createDockerClient(host);
  const swarm = await readSwarm(docker);
  return {
    swarmIsOurs: madeByUs(swarm, state.swarmMade),
    foreignServices: swarm.isManager ? await foreignServices(docker) : [],
    otherNodes: Math.max(0, swarm.nodes - 1),
    looseContainers: await countLooseContainers(docker),
  };
}

/** The engine first stops the node's tasks, each within its grace period. */
const LEAVE_SWARM_MS = 120_000;

async function undo(step: PurgeStep, { layout, state, host, around }: Purge): Promise<string> {
  const { runner, clock } = around;
  switch (step.kind) {
    case 'keep':
      return `${step.what} stays: ${step.why}; when it is to go: ${step.command}`;
    case 'leave-swarm':
      await leaveSwarm(createDockerClient(host, LEAVE_SWARM_MS));
      return 'left the Swarm that micado made';
    case 'stop-engine': {
      const engine = findOwnEngine(layout.engineFolder);
      if (engine !== undefined) await stopOwnEngine(runner, engine, clock);
      return 'stopped the engine that micado started';
    }
    case 'remove-packages':
      await removePackages(runner, step.packages);
      return `removed the packages ${step.packages.join(', ')}`;
    case 'remove-folder': {
      // An engine of ours left files of root's in it.
      const asRoot = existsSync(layout.engineFolder);
      if (asRoot) await removeFolder(runner, execRoot(layout.engineFolder, state.stackId), true);
      await removeFolder(runner, layout.folder, asRoot);
      return `removed ${layout.folder}`;
    }
  }
}
