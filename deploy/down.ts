/** `micado down`: stops the stack of a state folder; with `--purge`, undoes what `up` made on this machine. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { createDockerClient } from '../internal/docker/docker-client.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { probeEngine } from './adapters/docker-engine.ts';
import { readSwarm, resignLeadership } from './adapters/docker-swarm.ts';
import { readPidFile } from './adapters/pid-file.ts';
import { signalProcess, waitForEnd } from './adapters/process-table.ts';
import { readState, type StackState } from './adapters/state-file.ts';
import { layOutStack, type StackLayout } from './core/stack-layout.ts';
import type { Surroundings } from './ports.ts';
import { endLeftovers, lockFolder } from './steps/lock-folder.ts';
import { purge } from './steps/purge.ts';

/** Five parts with 10 s each, and some for the rest. */
const STOP_MS = 70_000;

export type DownOptions = {
  readonly stateDir: string;
  readonly purge: boolean;
  readonly dockerCertFolder: string | undefined;
};

/** Whether all that was asked for is done. May be run again at any time. */
export async function runDown(options: DownOptions, around: Surroundings): Promise<boolean> {
  const { reporter, clock } = around;
  const layout = layOutStack(resolve(options.stateDir));
  const state = await readState(layout.stateFile);
  if (state === undefined) {
    reporter.say(`micado down: there is no stack in ${layout.folder}`);
    return true;
  }
  await reporter.step('stop', async () => ({ value: undefined, done: await stopUp(layout, around) }));
  const unlock = lockFolder(layout);
  try {
    const ended = await endLeftovers(layout, clock);
    if (ended.length > 0) reporter.say(`  ok  ended what a killed one left: ${ended.join(', ')}`);
    await rm(layout.stackFile, { force: true });
    await reporter.step('lead', async () => ({ value: undefined, done: await resign(state, options) }));
    return options.purge ? await purge(layout, state, options.dockerCertFolder, around) : true;
  } finally {
    unlock();
  }
}

async function stopUp(layout: StackLayout, { clock }: Surroundings): Promise<string> {
  const up = readPidFile(layout.lockFile);
  if (up === undefined) return 'no stack was running';
  signalProcess(up, 'SIGTERM');
  if (!(await waitForEnd(up, STOP_MS, clock)))
    throw new AppError('unavailable', `the stack (pid ${up.pid}) does not stop within ${STOP_MS / 1000} s`);
  return `the stack (pid ${up.pid}) ended`;
}

/** A killed `up` leaves its mark. */
async function resign(state: StackState, { dockerCertFolder }: DownOptions): Promise<string> {
  const host = parseDockerHost(state.dockerHost, dockerCertFolder);
  if ((await probeEngine(host)).kind !== 'answers') return `no engine answers at ${state.dockerHost}`;
  const docker = createDockerClient(host);
  const wasOurs = (await readSwarm(docker)).isManager && (await resignLeadership(docker, state.stackId));
  return wasOurs ? 'removed this stack’s mark from the Swarm' : 'this stack leads no Swarm';
}
