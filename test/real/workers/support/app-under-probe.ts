/** An application in the pool, with one replica and a client that calls it the whole time. */
import { type Probe, startProbe } from '../../../cluster/story/probe.ts';
import { APP_PATH, createServedApp } from '../../../cluster/story/served-app.ts';
import { endpointsOf } from '../../../cluster/story/swarm-view.ts';
import { eventually } from '../../../eventually.ts';
import type { Pool } from './pool.ts';

export const APP = { name: 'app', port: 8080, replicas: 1, pool: 'worker' } as const;

/** Resolves when the application answers. */
export async function putAppUnderProbe(
  { engine: { docker } }: Pool,
  properties: { readonly warmUpSeconds?: number } = {},
): Promise<Probe> {
  await createServedApp(docker, { ...APP, ...properties });
  const probe = startProbe({ endpoints: () => endpointsOf(docker, APP.name, APP.port, APP_PATH) });
  try {
    await eventually('the application answers', () => probe.requests().sent > 20, { withinMs: 60_000 });
    return probe;
  } catch (error) {
    await probe.stop();
    throw error;
  }
}
