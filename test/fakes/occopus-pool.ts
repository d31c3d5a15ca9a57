/** A pool at the stand-in for Occopus, from one to three VMs, the first of which is ready; time stands still. */
import { createOccopusNodeProvider } from '../../executor/adapters/occopus-node-provider.ts';
import type { NodeProvider, PoolId } from '../../executor/ports.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryHypervisor, type MemoryHypervisor } from './memory-hypervisor.ts';
import type { OccopusInfrastructure } from './occopus-infrastructure.ts';
import { type OccopusServer, type OccopusServerOptions, startOccopusServer } from './occopus-server.ts';

export type OccopusPool = AsyncDisposable & {
  readonly pool: PoolId;
  readonly clock: ManualClock;
  readonly hypervisor: MemoryHypervisor;
  readonly server: OccopusServer;
  readonly infrastructure: OccopusInfrastructure;
  readonly provider: NodeProvider;
  /** Another process of the executor: it remembers nothing. */
  createProvider(): NodeProvider;
  /** Long enough for all passes and boots that were asked for. */
  settle(): Promise<void>;
  /** The requests that change something. */
  posts(): readonly string[];
};

export const BOOT_MS = 4_000;
export const PASS_MS = 10_000;

export async function startOccopusPool(
  options: Pick<OccopusServerOptions, 'version' | 'addressForm'>,
): Promise<OccopusPool> {
  const clock = createManualClock();
  const hypervisor = createMemoryHypervisor(clock, BOOT_MS);
  const server = await startOccopusServer({ ...options, clock, hypervisor, passMs: PASS_MS });
  const pool = { infraId: 'micado_worker_infra', node: 'worker' };
  const infrastructure = server.addInfrastructure(pool.infraId, [{ name: pool.node, min: 1, max: 3 }]);
  infrastructure.attach();
  const createProvider = (): NodeProvider => createOccopusNodeProvider({ url: server.url, clock });
  const settle = (): Promise<void> => clock.advance(6 * PASS_MS);
  await settle();
  return {
    pool,
    clock,
    hypervisor,
    server,
    infrastructure,
    provider: createProvider(),
    createProvider,
    settle,
    posts: () =>
      server.calls
        .filter((call) => call.startsWith('POST'))
        .map((call) => call.replace(`POST /infrastructures/${pool.infraId}/`, '')),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
