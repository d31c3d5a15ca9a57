/** What a worker needs to join: where the master is, and the worker token of the day. The manager's token is never read out. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callDocker } from '../../internal/docker/docker-client.ts';
import type { MasterFacts } from '../core/cloud/complete-infrastructure.ts';

const info = z.object({
  Swarm: z.object({ ControlAvailable: z.boolean().nullish(), NodeAddr: z.string().nullish() }),
});
const swarm = z.object({ JoinTokens: z.object({ Worker: z.string() }) });

export async function readSwarmEntry(docker: Docker): Promise<MasterFacts> {
  const { Swarm } = info.parse(await callDocker('reading the engine’s state', () => docker.info()));
  const address = Swarm.NodeAddr ?? '';
  if (Swarm.ControlAvailable !== true || address === '')
    throw new AppError(
      'invalid',
      'the engine is no manager of a Swarm: run this on the master, or name its engine with --docker.host',
    );
  const { JoinTokens } = swarm.parse(
    await callDocker('reading the worker token', () => docker.swarmInspect()),
  );
  return { masterAddress: address, joinToken: JoinTokens.Worker };
}
