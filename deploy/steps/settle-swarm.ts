/** The engine's Swarm, made where there is none, and this stack as the one that leads it. */
import type Docker from 'dockerode';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { claimLeadership, initSwarm, readSwarm } from '../adapters/docker-swarm.ts';
import type { StateStore } from '../adapters/state-file.ts';
import { type Leader, ledByAnother } from '../core/leadership.ts';
import { planSwarm } from '../core/plan-swarm.ts';
import type { Progress, StepResult } from '../ports.ts';

export type SwarmOptions = {
  readonly docker: Docker;
  readonly advertiseAddress: string;
  readonly state: StateStore;
  readonly clock: Clock;
};

/** The Swarm's id. */
export async function settleSwarm(options: SwarmOptions, progress: Progress): Promise<StepResult<string>> {
  const { docker, advertiseAddress } = options;
  const plan = planSwarm(await readSwarm(docker));
  switch (plan.kind) {
    case 'refuse':
      throw new AppError('unavailable', plan.message);
    case 'use':
      return { value: plan.clusterId, done: `this engine manages Swarm ${plan.clusterId}` };
    case 'init': {
      progress(`making a Swarm on ${advertiseAddress}`);
      const clusterId = await makeSwarm(options);
      return { value: clusterId, done: `made on ${advertiseAddress}, Swarm ${clusterId}` };
    }
  }
}

/** Noted before it is made: killed in between, the next `up` or `down` still knows whose it is. */
async function makeSwarm({ docker, advertiseAddress, state, clock }: SwarmOptions): Promise<string> {
  const intendedAtMs = clock.now();
  await state.note({ swarmMade: { intendedAtMs } });
  try {
    const clusterId = await initSwarm(docker, advertiseAddress, clock);
    await state.note({ swarmMade: { intendedAtMs, clusterId } });
    return clusterId;
  } catch (error) {
    await state.note({ swarmMade: undefined });
    throw error;
  }
}

export async function takeLead(
  docker: Docker,
  self: Leader,
  dockerCommand: string,
  clock: Clock,
): Promise<StepResult<undefined>> {
  const leader = await claimLeadership(docker, self, clock);
  if (leader.stackId !== self.stackId) throw new AppError('conflict', ledByAnother(leader, dockerCommand));
  return { value: undefined, done: 'this stack leads the Swarm' };
}
