/** A provider of machines with its answers watched: reports for health and latency, requests for their count. */
import { isAppError } from '../internal/daemon/app-error.ts';
import type { ExecutorMetrics } from './metrics.ts';
import type { PartHealth } from './part-health.ts';
import type { NodeProvider, PoolId, PoolReport } from './ports.ts';

export type ProviderRequest = 'scale_to' | 'remove' | 'maintain';

export function watchProvider(
  provider: NodeProvider,
  health: PartHealth,
  { providerAsked }: Pick<ExecutorMetrics, 'providerAsked'>,
): NodeProvider {
  if (provider.name === 'none') return provider;
  const counted = async (request: ProviderRequest, call: () => Promise<void>): Promise<void> => {
    try {
      await call();
      providerAsked(request, 'ok');
    } catch (error) {
      providerAsked(request, 'failed');
      throw error;
    }
  };
  return {
    name: provider.name,
    read: (pool) => readWatched(provider, health, pool),
    scaleTo: (pool, count, seen) => counted('scale_to', () => provider.scaleTo(pool, count, seen)),
    remove: (pool, vmId, seen) => counted('remove', () => provider.remove(pool, vmId, seen)),
    maintain: (pool, stuck) => counted('maintain', () => provider.maintain(pool, stuck)),
  };
}

/** That it does not know an infrastructure is an answer as well. */
async function readWatched(provider: NodeProvider, health: PartHealth, pool: PoolId): Promise<PoolReport> {
  const answer = await health.watch('provider', async () => {
    try {
      return await provider.read(pool);
    } catch (error) {
      if (isAppError(error, 'not_found')) return error;
      throw error;
    }
  });
  if (isAppError(answer)) throw answer;
  return answer;
}
