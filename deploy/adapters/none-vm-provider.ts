import type { VmProvider } from '../ports.ts';

/** Nobody starts and stops VMs here: their end is the operator's, and the Swarm tells when it has come. */
export function createNoneVmProvider(): VmProvider {
  return { kind: 'none', name: 'nobody', read: async () => undefined, remove: async () => {} };
}
