/** Services with defaults, so that a test says only what it is about. */
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';

export function aService(overrides: Partial<ServiceFacts> = {}): ServiceFacts {
  const name = overrides.name ?? 'web';
  return {
    id: `id-of-${name}`,
    name,
    labels: {},
    mode: 'replicated',
    cpuLimitCores: undefined,
    memoryLimitBytes: undefined,
    mountsVolume: false,
    ...overrides,
  };
}
