/** The Swarm as `up` and `down` see it: its state, who leads it, what else lives on it. */
import type Docker from 'dockerode';
import { z } from 'zod';
import {
  LEADER_CONFIG_NAME,
  STACK_PART_LABEL,
  SWARM_CONTAINER_LABEL,
} from '../../internal/contract/labels.ts';
import { AppError, isAppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import { listSwarmServices } from '../../internal/docker/swarm-service.ts';
import { type Leader, leaderFromLabels, leaderLabels } from '../core/leadership.ts';
import type { SwarmFacts } from '../core/plan-swarm.ts';

const SWARM_PORT = 2377;
/** A Swarm that was just made has no leader for a moment. */
const ELECTION_MS = 20_000;
const POLL_MS = 200;

const infoSchema = z.object({
  Swarm: z.object({
    LocalNodeState: z.string(),
    ControlAvailable: z.boolean().nullish(),
    Nodes: z.number().nullish(),
    Cluster: z.object({ ID: z.string(), CreatedAt: z.string() }).nullish(),
  }),
});

const configSchema = z.array(
  z.object({
    ID: z.string(),
    Spec: z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
  }),
);

export async function readSwarm(docker: Docker): Promise<SwarmFacts> {
  const answer: unknown = await callDocker('reading the engine’s state', () => docker.info());
  const { Swarm: swarm } = infoSchema.parse(answer);
  return {
    state: swarm.LocalNodeState,
    isManager: swarm.ControlAvailable ?? false,
    clusterId: swarm.Cluster?.ID,
    createdAtMs: swarm.Cluster == null ? undefined : Date.parse(swarm.Cluster.CreatedAt),
    nodes: swarm.Nodes ?? 0,
  };
}

/** The new Swarm's id. It listens where it advertises: on loopback, so, nobody outside can join. */
export async function initSwarm(docker: Docker, advertiseAddress: string, clock: Clock): Promise<string> {
  await callDocker('making a Swarm', () =>
    docker.swarmInit({ ListenAddr: `${advertiseAddress}:${SWARM_PORT}`, AdvertiseAddr: advertiseAddress }),
  );
  const deadlineMs = clock.now() + ELECTION_MS;
  for (;;) {
    const { clusterId } = await readSwarm(docker);
    if (clusterId !== undefined) return clusterId;
    if (clock.now() > deadlineMs) throw new AppError('unavailable', 'the new Swarm elects no leader');
    await clock.sleep(POLL_MS);
  }
}

export async function leaveSwarm(docker: Docker): Promise<void> {
  await callDocker('leaving the Swarm', () => docker.swarmLeave({ force: true }));
}

/** Names of the services that are not the stack's own. */
export async function foreignServices(docker: Docker): Promise<readonly string[]> {
  const services = await listSwarmServices(docker);
  return services.filter(({ labels }) => labels[STACK_PART_LABEL] === undefined).map(({ name }) => name);
}

/** Running containers that no Swarm service started. */
export async function countLooseContainers(docker: Docker): Promise<number> {
  const containers = await callDocker('listing containers', () => docker.listContainers());
  return containers.filter(({ Labels }) => Labels[SWARM_CONTAINER_LABEL.serviceId] === undefined).length;
}

/** The leader after the attempt: ourselves, or who was there before. The Swarm sees to it that there is only one. */
export async function claimLeadership(docker: Docker, self: Leader, clock: Clock): Promise<Leader> {
  const deadlineMs = clock.now() + ELECTION_MS;
  const Labels = leaderLabels(self);
  // The labels say it all, but the engine takes no config without content.
  const Data = Buffer.from(JSON.stringify(Labels)).toString('base64');
  const mark = { Name: LEADER_CONFIG_NAME, Labels, Data };
  for (;;) {
    try {
      await callDocker('marking the Swarm', () => docker.createConfig(mark));
      return self;
    } catch (error) {
      if (isAppError(error, 'conflict')) {
        const leader = await findMark(docker);
        if (leader !== undefined) return leader.leader;
      } else if (!isAppError(error, 'unavailable')) throw error;
      if (clock.now() > deadlineMs) throw error;
      await clock.sleep(POLL_MS);
    }
  }
}

/** Removes the mark if it is this stack's; whether it was. */
export async function resignLeadership(docker: Docker, stackId: string): Promise<boolean> {
  const mark = await findMark(docker);
  if (mark?.leader.stackId !== stackId) return false;
  await callDocker('removing the mark from the Swarm', () => docker.getConfig(mark.id).remove());
  return true;
}

async function findMark(
  docker: Docker,
): Promise<{ readonly id: string; readonly leader: Leader } | undefined> {
  const answer: unknown = await callDocker('reading who leads the Swarm', () => docker.listConfigs());
  const mark = configSchema.parse(answer).find(({ Spec }) => Spec.Name === LEADER_CONFIG_NAME);
  return mark === undefined ? undefined : { id: mark.ID, leader: leaderFromLabels(mark.Spec.Labels ?? {}) };
}
