/** Services with defaults, so that a test says only what it is about. */
import type { WindowAt } from '../../../rulegen/core/schedule.ts';
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';

/** For services without schedules: none of their windows is open. */
export const noWindow: WindowAt = () => ({ open: false, nextEdgeMs: undefined });

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
