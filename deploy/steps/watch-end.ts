/** Watches the provider and the Swarm until every VM of an infrastructure is gone, or time is up. */
import { describeError } from '../../internal/daemon/app-error.ts';
import type { SwarmWorkers } from '../adapters/swarm-workers.ts';
import { type Aftermath, type DoomedInfrastructure, isOver, workersOf } from '../core/plan-destroy.ts';
import type { Surroundings, VmProvider } from '../ports.ts';

/** A Swarm takes a silent node for down after about 15 s. */
const POLL_MS = 1_000;

export async function watchEnd(
  doomed: DoomedInfrastructure,
  timeoutMs: number,
  { provider, swarm }: { readonly provider: VmProvider; readonly swarm: SwarmWorkers },
  { reporter, clock, signal }: Pick<Surroundings, 'reporter' | 'clock' | 'signal'>,
): Promise<Aftermath> {
  const look = async (): Promise<Aftermath> => ({
    report: await provider.read(doomed.infra, doomed.pools),
    workers: workersOf(doomed, await swarm.list()),
  });
  return await reporter.step('verify', async (progress) => {
    const deadlineMs = clock.now() + timeoutMs;
    for (;;) {
      const seen = await look().catch((error: unknown) => {
        if (clock.now() >= deadlineMs) throw error;
        return describeError(error);
      });
      if (typeof seen !== 'string') {
        if (isOver(seen)) return { value: seen, done: 'its provider knows it no more, no node answers' };
        if (clock.now() >= deadlineMs) return { value: seen, done: `not gone within ${timeoutMs / 1_000} s` };
      }
      signal.throwIfAborted();
      progress(typeof seen === 'string' ? seen : describeWait(seen, provider));
      await clock.sleep(POLL_MS, signal);
    }
  });
}

function describeWait({ report, workers }: Aftermath, { name }: VmProvider): string {
  const alive = workers.filter(({ state }) => state !== 'down').length;
  return report === undefined ? `${alive} nodes are not down yet` : `${name} still has it`;
}
