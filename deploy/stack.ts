/** The whole stack on this machine: what is missing is installed, made, written and started, in this order. */

import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import { AppError, describeError } from '../internal/daemon/app-error.ts';
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { identifyProcess } from '../internal/daemon/process-identity.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { prepareFolders, writeConfigs } from './adapters/config-files.ts';
import { resignLeadership } from './adapters/docker-swarm.ts';
import type { Supervisor } from './adapters/part-supervisor.ts';
import { settlePorts } from './adapters/port-owner.ts';
import { openState, type StateStore } from './adapters/state-file.ts';
import type { ConsulAddress } from './core/consul-address.ts';
import { dockerCommandFor } from './core/describe-stack.ts';
import { type PartPlan, type PartPrograms, planParts, type StackPorts } from './core/plan-parts.ts';
import type { ChosenProvider } from './core/plan-provider.ts';
import { layOutStack, problemWithFolder, type StackLayout } from './core/stack-layout.ts';
import type { Surroundings } from './ports.ts';
import { endLeftovers, lockFolder } from './steps/lock-folder.ts';
import { settleEngine } from './steps/settle-engine.ts';
import { type SettledPolicy, settlePolicy } from './steps/settle-policy.ts';
import { settlePrograms } from './steps/settle-programs.ts';
import { settleSwarm, takeLead } from './steps/settle-swarm.ts';
import { type RunningParts, startParts } from './steps/start-parts.ts';

export type StackOptions = {
  readonly stateDir: string;
  readonly dockerHost: string;
  readonly dockerCertFolder: string | undefined;
  /** 0 takes any free port. */
  readonly ports: StackPorts;
  readonly scrapeIntervalMs: number;
  readonly advertiseAddress: string;
  /** A folder with prometheus and prometheus-alertmanager; empty for those on the PATH, else Debian's. */
  readonly binFolder: string;
  /** What the executor is told of who starts and stops worker VMs. */
  readonly providerFlags: readonly string[];
  readonly provider: ChosenProvider;
  readonly workerExporterPort: number;
  readonly machineCgroup: string;
  readonly consul?: ConsulAddress | undefined;
};

export type Stack = {
  readonly layout: StackLayout;
  readonly parts: readonly PartPlan[];
  readonly policy: SettledPolicy;
  /** Process ids by part; a part that is about to be restarted has none. */
  pids(): ReturnType<Supervisor['pids']>;
  /** Stops the parts, the last first, and gives the Swarm's mark and the folder back. The engine and the Swarm stay. */
  stop(): Promise<void>;
};

type Undo = () => void | Promise<void>;

/** What the steps of one start share. */
type Start = {
  readonly options: StackOptions;
  readonly around: Surroundings;
  readonly layout: StackLayout;
  /** Undone at the end, the last first. */
  readonly undo: Undo[];
};

/**
 * Resolves when every part is ready. On failure, or when the signal is aborted on the way, what was started is stopped
 * again; what was installed or made stays, and is noted in the state folder.
 */
export async function startStack(options: StackOptions, around: Surroundings): Promise<Stack> {
  if (process.platform !== 'linux')
    throw new AppError(
      'unavailable',
      `a stack runs on Linux only, beside its containers; this is ${process.platform}`,
    );
  const folder = resolve(options.stateDir);
  const problem = problemWithFolder(folder);
  if (problem !== undefined) throw new AppError('invalid', problem);
  const layout = layOutStack(folder);
  const undo: Undo[] = [];
  const stop = (): Promise<void> => undoAll(undo, around);
  try {
    return { ...(await buildUp({ options, around, layout, undo })), layout, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One that fails does not keep the others from being undone. */
async function undoAll(undo: Undo[], { reporter }: Surroundings): Promise<void> {
  for (const step of undo.splice(0).toReversed())
    try {
      await step();
    } catch (error) {
      reporter.say(`  !!  while stopping: ${describeError(error)}`);
    }
}

async function buildUp(start: Start): Promise<Omit<Stack, 'layout' | 'stop'>> {
  const { options, around, layout } = start;
  const { state, ports } = await takeFolder(start);
  around.signal.throwIfAborted();
  const { docker, programs } = await settleMachine(start, state);
  around.signal.throwIfAborted();
  const policy = await joinSwarm(start, docker, state);
  around.signal.throwIfAborted();
  await writeConfigs({
    templatesFolder: around.templatesFolder,
    layout,
    ports,
    scrapeIntervalMs: options.scrapeIntervalMs,
    consul: options.consul,
  });
  const parts = planParts({ ...options, layout, ports, programs });
  const running = await startAll(start, parts, state);
  return { parts, policy, pids: () => running.supervisor.pids() };
}

async function takeFolder({ options, around, layout, undo }: Start) {
  return await around.reporter.step('folder', async () => {
    await prepareFolders(layout);
    undo.push(lockFolder(layout));
    await rm(layout.stackFile, { force: true });
    const ended = await endLeftovers(layout, around.clock);
    const state = await openState(layout.stateFile, options.dockerHost);
    const ports = await settlePorts(options.ports);
    const leftOver = ended.length === 0 ? '' : `; ended what a killed one left: ${ended.join(', ')}`;
    return { value: { state, ports }, done: `${layout.folder}${leftOver}` };
  });
}

async function settleMachine(
  { options, around, layout }: Start,
  state: StateStore,
): Promise<{ readonly docker: Docker; readonly programs: PartPrograms }> {
  const { reporter, runner, clock, groupId, distFolder } = around;
  const { dockerHost: address, dockerCertFolder: certFolder, binFolder } = options;
  await reporter.step('docker', (progress) =>
    settleEngine({ address, certFolder, layout, state, runner, clock, groupId }, progress),
  );
  await state.note({ dockerHost: address });
  const programs = await reporter.step('programs', (progress) =>
    settlePrograms({ runner, packagesFolder: layout.packagesFolder, binFolder, distFolder }, progress),
  );
  return { docker: createDockerClient(parseDockerHost(address, certFolder)), programs };
}

/** The lead is taken before anything is written that could touch a Swarm which another stack leads. */
async function joinSwarm(
  { options, around, layout, undo }: Start,
  docker: Docker,
  state: StateStore,
): Promise<SettledPolicy> {
  const { reporter, clock } = around;
  const { advertiseAddress, dockerHost } = options;
  const { stackId } = state.current();
  const clusterId = await reporter.step('swarm', (progress) =>
    settleSwarm({ docker, advertiseAddress, state, clock }, progress),
  );
  const started = new Date(clock.now()).toISOString();
  const self = { stackId, host: hostname(), folder: layout.folder, started };
  undo.push(() => resignQuietly(docker, stackId));
  await reporter.step('lead', () =>
    takeLead(docker, self, dockerCommandFor(dockerHost, DEFAULT_DOCKER_HOST), clock),
  );
  return await reporter.step('policy', () => settlePolicy({ docker, layout, state, clusterId }));
}

/** With the engine away there is nobody to tell; the next `up` of this folder takes its own mark over. */
async function resignQuietly(docker: Docker, stackId: string): Promise<void> {
  await resignLeadership(docker, stackId).catch(() => false);
}

async function startAll(
  { options, around, layout, undo }: Start,
  parts: readonly PartPlan[],
  state: StateStore,
): Promise<RunningParts> {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new AppError('internal', '/proc does not show this process');
  const running = await startParts(
    parts,
    layout,
    {
      stackId: state.current().stackId,
      process: self,
      startedAt: new Date(around.clock.now()).toISOString(),
      stateDir: layout.folder,
      dockerHost: options.dockerHost,
      scrapeIntervalMs: options.scrapeIntervalMs,
      tokenFile: layout.tokenFile,
      provider: options.provider,
    },
    around,
  );
  undo.push(() => running.stop());
  return running;
}
